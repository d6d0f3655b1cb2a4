"""Commands of ``python -m ingest`` that look at files and rows rather than load them.

Belongs here: their arguments and their printing. What they do is in the modules they call.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from baokuan import clock
from baokuan.home import Home
from ingest.arrive import arrivals
from ingest.bronze import changes
from ingest.contract import load_all
from ingest.draft.write import draft
from ingest.explain import check, report
from ingest.read.table import BlockedError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add(commands: Commands) -> dict[str, Callable[[Home, argparse.Namespace], int]]:
    """Add the parsers of these commands; returns what runs them."""
    one = commands.add_parser("check", help="say what would become of a file, without loading it")
    one.add_argument("file", type=Path)
    one.add_argument("--as", dest="place", metavar="PATH", help="its place below landing/")
    one.add_argument("--html", type=Path, metavar="PAGE", help="the same as an HTML page")
    one = commands.add_parser("draft", help="propose a contract for an unknown file")
    one.add_argument("file", type=Path)
    one.add_argument("--feed", help="the canonical feed, where the likeliest is not meant")
    one.add_argument("--source", help="name of the source; default: the file's folder")
    one.add_argument("--out", type=Path, metavar="CONTRACT", help="write there, not to the screen")
    one = commands.add_parser("arrivals", help="what should have come for a day, and has not")
    one.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DAY")
    one.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DAY")
    one.add_argument("--html", type=Path, metavar="PAGE", help="the same as an HTML page")
    one = commands.add_parser("changes", help="restated, late, repeated and vanished rows by batch")
    one.add_argument("--batch", type=int, help="only this batch; default: the last five")

    return {"check": _check, "draft": _draft, "arrivals": _arrivals, "changes": _changes}


def _check(home: Home, options: argparse.Namespace) -> int:
    if not options.file.is_file():
        print(f"{options.file} is not a file", file=sys.stderr)
        return 2
    checked = check.check(home, options.file, load_all(), options.place)
    sections = report.sections_of_check(options.file, checked)
    print(report.text(sections))
    if options.html is not None:
        page = report.page(f"Check of {options.file.name}", sections)
        options.html.write_text(page, encoding="utf-8")
        print(f"written: {options.html}")
    return 0 if check.is_fine(checked) else 1


def _draft(home: Home, options: argparse.Namespace) -> int:
    if not options.file.is_file():
        print(f"{options.file} is not a file", file=sys.stderr)
        return 2
    try:
        text = draft(options.file, options.feed, options.source)
    except BlockedError as error:
        print(f"{options.file}: {error.reason}\n  remedy: {error.remedy}", file=sys.stderr)
        return 1
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.out is None:
        print(text, end="")
        return 0
    if options.out.exists():
        print(f"{options.out} is there already; give another --out", file=sys.stderr)
        return 2
    options.out.write_text(text, encoding="utf-8")
    print(f"written: {options.out}; read the lines marked EDIT")
    return 0


def _arrivals(home: Home, options: argparse.Namespace) -> int:
    last = options.last or clock.as_of()
    first = options.first or (options.last or last)
    if first > last:
        print("--from is after --to", file=sys.stderr)
        return 2
    found = arrivals.matrix(home, load_all(), first, last)
    sections = report.sections_of_arrivals(found, first, last)
    print(report.text(sections))
    if options.html is not None:
        options.html.write_text(report.page("Arrivals", sections), encoding="utf-8")
        print(f"written: {options.html}")
    return 1 if any(a.state not in ("arrived", "empty") for a in found) else 0


def _changes(home: Home, options: argparse.Namespace) -> int:
    everything = changes.read_all(home)
    last = max((c.batch for c in everything), default=0)
    for one in everything:
        if one.batch == options.batch or (options.batch is None and one.batch > last - 5):
            detail = ", ".join(f"{name} {n}" for name, n in list(one.detail.items())[:8])
            shown = f" ({detail})" if detail else ""
            shown += f" e.g. {', '.join(one.examples)}" if one.examples else ""
            print(f"batch {one.batch:>4}  {one.feed:<18}{one.kind:<12}{one.count:>9}{shown}")
    return 0
