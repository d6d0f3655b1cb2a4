"""Commands of the intake that look at files and rows rather than load them.

Belongs here: their arguments and their printing. What they do is in the modules they call, which
are loaded when a command runs.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from baokuan import clock, screen
from baokuan.home import Home

File = Annotated[Path, typer.Argument(help="Any export: csv, xlsx, jsonl, json, parquet, txt.")]
Page = Annotated[
    Path | None, typer.Option("--html", metavar="PAGE", help="The same as an HTML page.")
]


def check(
    file: File,
    place: Annotated[
        str | None, typer.Option("--as", metavar="PATH", help="Its place below landing/.")
    ] = None,
    html: Page = None,
) -> int:
    """Say what would become of a file, without loading it.

    Which contract reads it, how many rows would be kept, what would be repaired, masked, rejected
    or put into quarantine, in which rows and why, and what to do about it. Shows no personal value.
    """
    from ingest.contract import load_all
    from ingest.explain import check as trial
    from ingest.explain import report

    if not file.is_file():
        print(f"{file} is not a file", file=sys.stderr)
        return 2
    checked = trial.check(Home.from_env(), file, load_all(), place)
    sections = report.sections_of_check(file, checked)
    screen.show(*report.parts(sections))
    if html is not None:
        html.write_text(report.page(f"Check of {file.name}", sections), encoding="utf-8")
        print(f"written: {html}")
    return 0 if trial.is_fine(checked) else 1


def draft(
    file: File,
    feed: Annotated[
        str | None, typer.Option(help="The feed, where the likeliest is not meant.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Name of the source; default: the file's folder.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="CONTRACT", help="Write there, not to the screen.")
    ] = None,
) -> int:
    """Propose a contract for an unknown file; the lines to look at are marked EDIT."""
    from ingest.draft.write import draft as write
    from ingest.read.table import BlockedError

    if not file.is_file():
        print(f"{file} is not a file", file=sys.stderr)
        return 2
    try:
        text = write(file, feed, source)
    except BlockedError as error:
        print(f"{file}: {error.reason}\n  remedy: {error.remedy}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if out is None:
        print(text, end="")
        return 0
    if out.exists():
        print(f"{out} is there already; give another --out", file=sys.stderr)
        return 2
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(f"written: {out}; read the lines marked EDIT")
    return 0


def day(name: str) -> date:
    """A day of an option; anything else is wrong usage."""
    return date.fromisoformat(name)


def arrivals(
    first: Annotated[
        date | None,
        typer.Option("--from", parser=day, metavar="DAY", help="First day; default: the last."),
    ] = None,
    last: Annotated[
        date | None,
        typer.Option("--to", parser=day, metavar="DAY", help="Default: the last closed day."),
    ] = None,
    html: Page = None,
) -> int:
    """What should have come for a day, and has not."""
    from ingest.arrive import arrivals as expected
    from ingest.contract import load_all
    from ingest.explain import report

    until = last or clock.as_of()
    since = first or until
    if since > until:
        print("--from is after --to", file=sys.stderr)
        return 2
    found = expected.matrix(Home.from_env(), load_all(), since, until)
    sections = report.sections_of_arrivals(found, since, until)
    screen.show(*report.parts(sections))
    if html is not None:
        html.write_text(report.page("Arrivals", sections), encoding="utf-8")
        print(f"written: {html}")
    return 1 if any(a.state not in ("arrived", "empty") for a in found) else 0


def changes(
    batch: Annotated[
        int | None, typer.Option(help="Only this batch; default: the last five.")
    ] = None,
) -> None:
    """Restated, late, repeated and vanished rows, by batch."""
    from ingest.bronze import changes as log

    everything = log.read_all(Home.from_env())
    newest = max((c.batch for c in everything), default=0)
    rows = []
    for one in everything:
        if one.batch == batch or (batch is None and one.batch > newest - 5):
            detail = ", ".join(f"{name} {n}" for name, n in list(one.detail.items())[:8])
            rows.append((one.batch, one.feed, one.kind, one.count, detail, ", ".join(one.examples)))
    header = ["batch", "feed", "kind", "rows", "columns", "examples"]
    screen.show(screen.table(header, rows, widest=None))
