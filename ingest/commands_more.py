"""Commands of ``python -m ingest`` that look at files and rows rather than load them.

Belongs here: their arguments and their printing. What they do is in the modules they call.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from baokuan.home import Home
from ingest import check, report
from ingest.contracts import load_all
from ingest.draft.write import draft
from ingest.read.table import BlockedError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add(commands: Commands) -> None:
    """Add the parsers of these commands."""
    one = commands.add_parser("check", help="say what would become of a file, without loading it")
    one.add_argument("file", type=Path)
    one.add_argument("--as", dest="place", metavar="PATH", help="its place below landing/")
    one.add_argument("--html", type=Path, metavar="PAGE", help="the same as an HTML page")
    one = commands.add_parser("draft", help="propose a contract for an unknown file")
    one.add_argument("file", type=Path)
    one.add_argument("--feed", help="the canonical feed, where the likeliest is not meant")
    one.add_argument("--source", help="name of the source; default: the file's folder")
    one.add_argument("--out", type=Path, metavar="CONTRACT", help="write there, not to the screen")


def run(home: Home, options: argparse.Namespace) -> int:
    """Run one of these commands; returns the exit code."""
    commands: dict[str, Callable[[Home, argparse.Namespace], int]] = {
        "check": _check,
        "draft": _draft,
    }
    return commands[options.command](home, options)


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
