"""The commands of ``baokuan``: a list of names, each called in its room, which is loaded then.

So ``baokuan --help`` imports no room, and options are written once, in the room.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from baokuan import console
from baokuan.home import PROJECT, Home

BEGIN, DAILY, LOOK, ARRIVE, OWN, EXTEND = (
    "Begin",
    "Every day",
    "Look",
    "Files that come in",
    "Dashboards and gates",
    "Add something",
)
# These write the home's settings, or bring their own.
WITHOUT_SETTINGS = ("demo", "init")


@dataclass(frozen=True)
class Entry:
    """A command: its room and the words before the user's own, or a program that is started."""

    name: str
    panel: str
    help: str
    room: str = ""
    words: tuple[str, ...] = ()
    program: tuple[str, ...] = ()


MAKE = ("make", "--no-print-directory", "-C", str(PROJECT))
ENTRIES = (
    Entry("demo", BEGIN, "Set up a demo retailer from its exports to the hit board (minutes).",
          program=(*MAKE, "demo")),
    Entry("init", BEGIN, "An empty home and settings folder for your own retailer.",
          program=(sys.executable, str(PROJECT / "scripts" / "init_home.py"))),
    Entry("nightly", DAILY, "Take in what lies in landing/, build, check, publish.",
          "orchestration", ("nightly",)),
    Entry("intraday", DAILY, "The same for the running day, every quarter of an hour.",
          "orchestration", ("intraday",)),
    Entry("serve", DAILY, "Start Dagster and Superset; Ctrl-C stops both.",
          program=(*MAKE, "serve")),
    Entry("rollback", DAILY, "Serve the version before the current one.", "serving", ("rollback",)),
    Entry("board", LOOK, "Print the hit board.", "serving", ("board",)),
    Entry("sql", LOOK, "Ask the published version: one SELECT, nothing can be changed.",
          "serving", ("sql",)),
    Entry("export", LOOK, "Write a published table as .csv, .parquet or .xlsx.",
          "serving", ("export",)),
    Entry("versions", LOOK, "List what was published, and why the last was refused.",
          "serving", ("versions",)),
    Entry("verify", LOOK, "Compare a version's files with what was published.",
          "serving", ("verify",)),
    Entry("prune", LOOK, "Remove versions beyond those that are kept.", "serving", ("prune",)),
    Entry("ingest", ARRIVE, "check FILE, draft, run, status, arrivals, trace, release, retry, "
          "erase …", "ingest.commands.cli"),
    Entry("quality", OWN, "Run a gate by hand: bronze, candidate; write the Data Docs.", "quality"),
    Entry("dashboards", OWN, "Superset: bootstrap, check, serve, screenshot.", "dashboards"),
    Entry("catalogue", EXTEND, "Render what repeats the catalogue; check for drift.", "catalogue"),
    Entry("new", EXTEND, "Begin a feed, an indicator, a chart: its files and rows.",
          "command.new.app"),
    Entry("check", EXTEND, "Static checks of the project, under a minute.",
          program=(*MAKE, "check")),
)  # fmt: skip

app = console.app(
    "baokuan 爆款: exports in, a checked hit board out, on one machine.\n\n"
    "Data lies in BAOKUAN_HOME (./data of the project), your settings in BAOKUAN_CONFIG "
    "(~/.config/baokuan). Every command has --help.",
    epilog="For example:\n\n"
    "baokuan demo — then baokuan board --lang en\n\n"
    "baokuan ingest check exports/sales.csv — what would become of a file\n\n"
    "cp exports/* data/landing/erp/ && baokuan nightly — load, build, publish\n\n"
    'baokuan sql "select skc_id, score, action from hits.board order by score desc limit 10"',
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code."""
    return console.run(app, arguments, "baokuan")


@app.callback(invoke_without_command=True)
def _front(
    version: Annotated[bool, typer.Option("--version", help="Which release this is.")] = False,
) -> None:
    if version:
        import tomllib

        print(tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"])
        raise typer.Exit


def _forward(entry: Entry) -> Callable[[typer.Context], int]:
    def call(context: typer.Context) -> int:
        if entry.name not in WITHOUT_SETTINGS:
            from orchestration.home_settings import apply

            apply(Home.from_env(), lambda _: None)
        if entry.program:
            return _start(entry.program, context.args)
        room = importlib.import_module(entry.room)
        run = getattr(room, "main", None) or importlib.import_module(f"{entry.room}.__main__").main
        name = "baokuan" if entry.words else f"baokuan {entry.name}"
        return int(run([*entry.words, *context.args], name))

    return call


def _start(program: Sequence[str], words: Sequence[str]) -> int:
    """A program in place of this one, so that Ctrl-C and exit codes are its own."""
    if words:
        print(f"no options here: {' '.join(words)}", file=sys.stderr)
        return 2
    sys.stdout.flush()
    os.execvp(program[0], list(program))


for _entry in ENTRIES:
    app.command(
        _entry.name,
        help=_entry.help,
        rich_help_panel=_entry.panel,
        add_help_option=False,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(_forward(_entry))
