"""``python -m orchestration nightly|intraday``: one run in this process, told step by step.

Exit code: 0 published; 1 published, but a file or feed needs somebody; 2 refused or failed, the
version published before still serves.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from baokuan import console, screen
from baokuan.home import Home
from baokuan.lock import LockedError
from orchestration.home_settings import apply

if TYPE_CHECKING:
    from orchestration.runner import Report

MOST_ITEMS = 20

app = console.app(
    "One run in this process, told step by step.",
    epilog="Exit codes: 0 published; 1 published, but a file or feed needs somebody; 2 refused or "
    "failed: the version published before still serves.",
)

FullRefresh = Annotated[bool, typer.Option(help="Build every model anew, from all of bronze.")]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON on standard output.")]
AllRows = Annotated[bool, typer.Option("--rows", help="List the rows touched in every table.")]
NoSkip = Annotated[
    bool, typer.Option("--no-skip", help="Build also what is made of the same as last time.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="A line for each model.")]


def main(arguments: Sequence[str] | None = None, name: str = "python -m orchestration") -> int:
    """Run one command line; the exit codes are in the module's docstring."""
    return console.run(app, arguments, name)


@app.command()
def nightly(
    full_refresh: FullRefresh = False,
    no_skip: NoSkip = False,
    json: AsJson = False,
    rows: AllRows = False,
    verbose: Verbose = False,
) -> int:
    """Take in what lies in landing/, build, check, publish the board of the last closed day."""
    return _run("nightly", full_refresh, no_skip, json, rows, verbose)


@app.command()
def intraday(
    full_refresh: FullRefresh = False,
    no_skip: NoSkip = False,
    json: AsJson = False,
    rows: AllRows = False,
    verbose: Verbose = False,
) -> int:
    """The same for the running day: what came since, without the tests of the night."""
    return _run("intraday", full_refresh, no_skip, json, rows, verbose)


def _run(
    job: str, full_refresh: bool, no_skip: bool, as_json: bool, every_table: bool, verbose: bool
) -> int:
    from baokuan.progress import Progress
    from orchestration import runner
    from orchestration.verdict import NOT_PUBLISHED

    progress = Progress(sys.stderr if as_json else sys.stdout, verbose=verbose)
    home = Home.from_env()
    apply(home, progress.say)
    try:
        report = runner.run(home, job, full_refresh, progress, no_skip)
    except LockedError as error:
        progress.say(f"not started: {error}")
        return NOT_PUBLISHED
    except Exception as error:  # already in ops, with its reason
        progress.say(f"failed: {error}")
        return NOT_PUBLISHED
    show(report, progress.out, every_table)
    if as_json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    return report.verdict.exit_code


def show(report: Report, out: TextIO, every_table: bool) -> None:
    """The end of a run in a few lines: rows touched, open items, headline."""
    from orchestration.verdict import PUBLISHED_WITH_ITEMS

    rows = [r for r in report.rows if every_table or _is_told(r)]
    if rows:
        header = ["table", "rows touched by this run", "rows in all"]
        counts = [(r["table"], _count(r["rows_touched"]), _count(r["rows"])) for r in rows]
        screen.show(screen.table(header, counts, right=[False, True, True]), "", file=out)
    verdict = report.verdict
    lines = [f"  ! {item.line()}" for item in verdict.items[:MOST_ITEMS]]
    if len(verdict.items) > MOST_ITEMS:
        lines.append(f"  ! … {len(verdict.items) - MOST_ITEMS} more in ops.file_outcomes")
    mark = {0: "OK", PUBLISHED_WITH_ITEMS: "OK, with open items"}.get(verdict.exit_code, "STOPPED")
    lines.append(f"{mark}: {verdict.headline} ({report.seconds} s, exit code {verdict.exit_code})")
    screen.show(*lines, file=out)


def _is_told(row: dict[str, Any]) -> bool:
    """Facts, dimensions and boards in which something changed, or nobody can say."""
    return row["table"].split(".")[0] in ("core", "hits") and row["rows_touched"] != 0


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


if __name__ == "__main__":
    code = main()
    gc.freeze()  # looking once more through half a million objects would take two seconds
    sys.exit(code)
