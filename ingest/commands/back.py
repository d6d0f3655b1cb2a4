"""Commands of ``python -m ingest`` for the way back and for mended files: trace, retry.

Belongs here: their arguments and their printing. What they do is in the modules they call.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from baokuan.home import Home
from ingest import retry
from ingest.bronze import views
from ingest.contract import load_all
from ingest.erase import person, rotate
from ingest.explain import trace
from ingest.explain.trace import Origin
from ingest.personal import keys

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SHOWN = 40


def add(commands: Commands) -> dict[str, Callable[[Home, argparse.Namespace], int]]:
    """Add the parsers of these commands; returns what runs them."""
    one = commands.add_parser(
        "trace", help="from a published row, a product's day or a quarantined row to file and line"
    )
    one.add_argument("id", nargs="?", help="e.g. a sale_line_id, return_line_id or po_line_id")
    one.add_argument("--table", default="core.fct_sale_line", choices=sorted(trace.IDS))
    one.add_argument("--skc", metavar="STYLE/COLOUR", help="with --date: what its numbers rest on")
    one.add_argument("--date", type=date.fromisoformat, metavar="DAY")
    one.add_argument("--store", metavar="CODE")
    one.add_argument("--file", metavar="FILE_ID", help="with --row: what became of a line")
    one.add_argument("--row", type=int, metavar="N")
    one.add_argument("--quarantined", action="store_true", help="list quarantined rows")
    one.add_argument("--feed")
    one.add_argument("--reason", help="with --quarantined: only reasons that hold this text")
    two = commands.add_parser(
        "retry", help="read files with doubtful rows again whose contract was mended"
    )
    two.add_argument("--feed", help="only this feed")
    two.add_argument("--dry-run", action="store_true", help="only name the files")
    commands.add_parser("rotate-key", help="a new key for personal data; hashes still join")
    three = commands.add_parser("erase", help="erase a person from everything that is kept")
    three.add_argument("--phone", help="read from standard input when it is -")
    three.add_argument("--member", metavar="NUMBER")
    return {"trace": _trace, "retry": _retry, "rotate-key": _rotate, "erase": _erase}


def _trace(home: Home, options: argparse.Namespace) -> int:
    contracts = load_all()
    try:
        if options.quarantined:
            found = trace.quarantine(home, options.feed, options.reason)
        elif options.file and options.row:
            found = trace.by_row(home, options.file, options.row)
        elif options.skc and options.date:
            found = trace.by_product(home, contracts, options.skc, options.date, options.store)
        elif options.id:
            found = trace.by_id(home, contracts, options.table, options.id)
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


def _retry(home: Home, options: argparse.Namespace) -> int:
    contracts = load_all()
    if options.dry_run:
        for outcome in retry.candidates(home, contracts):
            if options.feed in (None, outcome.feed):
                print(f"{outcome.file_id}  {outcome.source}: {outcome.rows_quarantined} rows and "
                      f"{sum(outcome.values_rejected.values())} values in doubt")  # fmt: skip
        return 0
    done = retry.retry(home, contracts, options.feed)
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
        print("rows have left: build anew with python -m orchestration nightly --full-refresh")
    elif any(not one.reason for one in done):
        print("the next nightly or intraday job takes the rows in")
    return 1 if any(one.reason for one in done) else 0


def _rotate(home: Home, options: argparse.Namespace) -> int:
    done = rotate.rotate(home, load_all())
    print(
        f"key {done.version} is in use: {done.files} bronze files re-keyed, {done.unchanged} hold "
        f"no hash\nback up {keys.path_of()}; the next nightly job builds the warehouse anew"
    )
    return 0


def _erase(home: Home, options: argparse.Namespace) -> int:
    phone = sys.stdin.readline().strip() if options.phone == "-" else options.phone
    if bool(phone) == bool(options.member):
        print("give --phone or --member", file=sys.stderr)
        return 2
    try:
        done = person.erase(home, load_all(), phone, options.member)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"{done.members} member numbers; {done.files} files changed: {done.rows_removed} rows "
        f"removed, {done.rows_cleaned} rows kept without the person, {done.quarantined} "
        f"quarantine lines emptied; originals: {done.originals_cleaned} cleaned, "
        f"{done.originals_removed} removed\n"
        "next: make nightly; with the version it publishes all older ones are removed"
    )
    for path in done.left:
        print(f"still in landing/: {path}; take it away, or have it exported without the person")
    return 0
