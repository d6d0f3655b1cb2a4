"""Reads and checks the ``format`` of a contract: how a file is laid out.

Belongs here: what ``format`` may say. Reading files does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ingest.contract.model import FORMATS, Format

Fail = Callable[..., None]
_SPAN = re.compile(r"(\d+)-(\d+)")


def read(data: dict[str, Any], fail: Fail) -> Format:
    """The format; problems go to ``fail`` with the path of their key."""
    if data.get("type") not in (None, *FORMATS):
        fail(f"'type' must be one of {', '.join(FORMATS)}", "format", "type")
    if data.get("header", "find") not in ("find", "none"):
        fail("'header' must be find or none", "format", "header")
    delimiter = data.get("delimiter")
    if delimiter is not None and delimiter != "blanks" and len(delimiter) != 1:
        fail("'delimiter' must be one character, or blanks", "format", "delimiter")
    rows = data.get("header_rows", "1")
    if rows not in ("1", "2", "3"):
        fail("'header_rows' must be 1, 2 or 3", "format", "header_rows")
    for key in ("after", "until"):
        if key in data and data[key] != "blank":
            _regular(data[key], fail, "format", key)
    titles = data.get("titles") or {}
    if not isinstance(titles, dict):
        fail("'titles' must map a new column to a regular expression", "format", "titles")
        titles = {}
    for name, pattern in titles.items():
        if _regular(pattern, fail, "format", "titles", name) and re.compile(pattern).groups != 1:
            fail("the expression needs one group, the value", "format", "titles", name)
    widths = _widths(data.get("widths"), fail)
    if (data.get("type") == "fixed") != bool(widths):
        fail("type: fixed and 'widths' belong together", "format")
    return Format(
        type=data.get("type"),
        encoding=data.get("encoding", "auto"),
        delimiter=delimiter,
        header=data.get("header", "find"),
        header_rows=int(rows) if str(rows).isdigit() else 1,
        sheet=data.get("sheet"),
        after=data.get("after"),
        until=data.get("until"),
        titles={str(name): str(pattern) for name, pattern in titles.items()},
        widths=widths,
    )


def _regular(text: Any, fail: Fail, *path: str) -> bool:
    try:
        re.compile(text)
    except (re.error, TypeError) as error:
        fail(f"not a regular expression: {error}", *path)
        return False
    return True


def _widths(raw: Any, fail: Fail) -> dict[str, tuple[int, int]]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        fail("'widths' must map columns to places like 1-6", "format", "widths")
        return {}
    widths = {}
    for name, span in raw.items():
        found = _SPAN.fullmatch(str(span))
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            fail("places are first-last, counted from 1, like 1-6", "format", "widths", name)
            continue
        widths[str(name)] = (int(found[1]), int(found[2]))
    return widths
