"""Commands of the intake for the way back and for mended files: trace, retry, erase, rotate.

Belongs here: their arguments and their printing. What they do is in the modules they call, which
are loaded when a command runs.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from baokuan.home import Home
from ingest.commands.look import day

if TYPE_CHECKING:
    from ingest.explain.trace import Origin

SHOWN = 40


def trace(
    id: Annotated[
        str | None,
        typer.Argument(help="For example a sale_line_id, return_line_id or po_line_id."),
    ] = None,
    table: Annotated[str, typer.Option(help="Where the id stands.")] = "core.fct_sale_line",
    skc: Annotated[
        str | None,
        typer.Option(metavar="STYLE/COLOUR", help="With --date: what its numbers rest on."),
    ] = None,
    date: Annotated[
        date | None, typer.Option(parser=day, metavar="DAY", help="As 2026-10-31.")
    ] = None,
    store: Annotated[str | None, typer.Option(metavar="CODE", help="Only this store.")] = None,
    file: Annotated[
        str | None, typer.Option(metavar="FILE_ID", help="With --row: what became of a line.")
    ] = None,
    row: Annotated[int | None, typer.Option(metavar="N")] = None,
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="List quarantined rows.")
    ] = False,
    feed: Annotated[str | None, typer.Option(help="With --quarantined: only this feed.")] = None,
    reason: Annotated[
        str | None, typer.Option(help="With --quarantined: only reasons that hold this text.")
    ] = None,
) -> int:
    """From a published row, a product's day or a quarantined row back to file and line."""
    from ingest.contract import load_all
    from ingest.explain import trace as way

    if table not in way.IDS:
        print(f"--table is one of {', '.join(sorted(way.IDS))}", file=sys.stderr)
        return 2
    home, contracts = Home.from_env(), load_all()
    try:
        if quarantined:
            found = way.quarantine(home, feed, reason)
        elif file and row:
            found = way.by_row(home, file, row)
        elif skc and date:
            found = way.by_product(home, contracts, skc, date, store)
        elif id:
            found = way.by_id(home, contracts, table, id)
        else:
            print("give an id, --skc with --date, --file with --row, or --quarantined",
                  file=sys.stderr)  # fmt: skip
            return 2
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for origin in found[:SHOWN]:
        print(_shown(origin))
    if len(found) > SHOWN:
        print(f"… and {len(found) - SHOWN} more")
    if not found:
        print("no row of any landed file is behind it")
    return 0 if found else 1


def _shown(origin: Origin) -> str:
    values = ", ".join(f"{name}={value}" for name, value in origin.values.items())
    why = f": {origin.reason}" if origin.reason else ""
    return (
        f"{origin.feed}  {origin.source} row {origin.row_no}  batch {origin.batch}  "
        f"{origin.what}{why}\n    original: {origin.archive}\n    {values}"
    )


def retry(
    feed: Annotated[str | None, typer.Option(help="Only this feed.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only name the files.")] = False,
) -> int:
    """Read files with doubtful rows again whose contract was mended."""
    from ingest.bronze import views
    from ingest.contract import load_all
    from ingest.load import retry as again

    home, contracts = Home.from_env(), load_all()
    if dry_run:
        for outcome in again.candidates(home, contracts):
            if feed in (None, outcome.feed):
                print(f"{outcome.file_id}  {outcome.source}: {outcome.rows_quarantined} rows and "
                      f"{sum(outcome.values_rejected.values())} values in doubt")  # fmt: skip
        return 0
    done = again.retry(home, contracts, feed)
    for one in done:
        if one.reason:
            print(f"{one.before.source}: {one.reason}")
            continue
        lost = f", {one.lost} rows are not kept any more" if one.lost else ""
        print(f"{one.before.source}: {one.gained} rows more{lost}; "
              f"{one.outcome.rows_quarantined} stay in quarantine")  # fmt: skip
    if not done:
        print("no file with doubtful rows has a changed contract")
    elif home.warehouse.is_file():
        views.register(home)
    if any(one.lost for one in done):
        print("rows have left: build anew with baokuan nightly --full-refresh")
    elif any(not one.reason for one in done):
        print("the next nightly or intraday job takes the rows in")
    return 1 if any(one.reason for one in done) else 0


def rotate_key() -> None:
    """A new key for personal data; hashes of before and after still join."""
    from ingest.contract import load_all
    from ingest.erase import rotate
    from ingest.personal import keys

    done = rotate.rotate(Home.from_env(), load_all())
    print(
        f"key {done.version} is in use: {done.files} bronze files re-keyed, {done.unchanged} hold "
        f"no hash\nback up {keys.path_of()}; the next nightly job builds the warehouse anew"
    )


def erase(
    phone: Annotated[
        str | None, typer.Option(help="Read from standard input when it is -.")
    ] = None,
    member: Annotated[str | None, typer.Option(metavar="NUMBER", help="A member number.")] = None,
) -> int:
    """Erase a person from everything that is kept; the sales stay, nameless."""
    from ingest.contract import load_all
    from ingest.erase import person

    number = sys.stdin.readline().strip() if phone == "-" else phone
    if bool(number) == bool(member):
        print("give --phone or --member", file=sys.stderr)
        return 2
    try:
        done = person.erase(Home.from_env(), load_all(), number, member)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"{done.members} member numbers; {done.files} files changed: {done.rows_removed} rows "
        f"removed, {done.rows_cleaned} rows kept without the person, {done.quarantined} "
        f"quarantine lines emptied; originals: {done.originals_cleaned} cleaned, "
        f"{done.originals_removed} removed\n"
        "next: baokuan nightly; with the version it publishes all older ones are removed"
    )
    for path in done.left:
        print(f"still in landing/: {path}; take it away, or have it exported without the person")
    return 0
