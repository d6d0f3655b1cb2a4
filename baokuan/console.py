"""How the commands of every room are read and ended; what they do stands in the rooms.

A room's command line is a typer app with a ``main(arguments, name)``. ``python -m room`` and the
command ``baokuan`` call the same ``main``, so that an argument is defined once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import typer


def app(help: str, epilog: str | None = None) -> typer.Typer:
    """An app whose commands return their exit code (None = 0)."""
    return typer.Typer(
        help=help,
        epilog=epilog,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        result_callback=_end,
    )


def _end(code: int | None = None, **_: Any) -> NoReturn:
    raise typer.Exit(code or 0)


def run(made: typer.Typer, arguments: Sequence[str] | None, name: str) -> int:
    """Run one command line; returns the exit code, 2 for wrong usage."""
    try:
        made(args=None if arguments is None else list(arguments), prog_name=name)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
