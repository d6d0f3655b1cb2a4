"""The options of ``baokuan new`` and what it says; the files are written by the other modules."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from baokuan import console
from command.new.write import NotWritten

app = console.app(
    "Begin something new: writes its first files and rows, overwrites nothing, and says what is "
    "left to do. The recipes are in CONTRIBUTING.md.",
)


def main(arguments: Sequence[str] | None = None, name: str = "baokuan new") -> int:
    """0 = written, 1 = refused, with the reason."""
    try:
        return console.run(app, arguments, name)
    except NotWritten as error:
        print(error, file=sys.stderr)
        return 1


@app.command()
def feed(
    name: Annotated[str, typer.Argument(help="system_entity, as crm_visit; also its table.")],
    sample: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="An export to take columns from.")
    ] = None,
    zh: Annotated[str, typer.Option(help="Chinese name of the feed.")] = "",
    en: Annotated[str, typer.Option(help="English name of the feed.")] = "",
) -> None:
    """A kind of data that no feed holds yet: first its contract, then its staging model.

    Called once with --from it writes the contract; called again, when the contract is right, the
    staging model that follows from it. Another system's file for a feed that is there needs only
    `baokuan ingest draft FILE`.
    """
    from command.new import feed as made

    print(made.new(name, sample, zh, en))


@app.command()
def chart(
    dashboard: Annotated[str, typer.Argument(help="A file of dashboards/spec/dashboards.")],
    name: Annotated[str, typer.Argument(help="The chart's id within it.")],
    dataset: Annotated[str, typer.Option(help="A dataset of dashboards/spec/datasets.yml.")],
    zh: Annotated[str, typer.Option(help="Chinese title.")],
    en: Annotated[str, typer.Option(help="English title.")],
    columns: Annotated[str, typer.Option(help="For a table: a,b,c.")] = "",
    by: Annotated[str, typer.Option(help="For bars: one bar for each value of it.")] = "",
    metric: Annotated[str, typer.Option(help="For bars and a number: column to sum up.")] = "",
) -> None:
    """A chart on a dashboard, in a new row at its end: a table, bars (--by) or a number."""
    from command.new import chart as made

    print(made.new(dashboard, name, dataset, (zh, en), columns, by, metric))


@app.command()
def tag() -> None:
    """A tag of customers, goods or stores: what is missing for one."""
    from command.new import tag as made

    print(made.new())


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def indicator(context: typer.Context) -> int:
    """A hit indicator: its row and its expression in the catalogue."""
    from catalogue.__main__ import main as catalogue

    return catalogue(["indicator", *context.args], "baokuan new")
