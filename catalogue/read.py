"""Reads the catalogue's tables into typed rows; says of every wrong row what, where and what to do.

All problems are gathered before it gives up, so that one run shows them all. What must not be here:
what rows say (model.py), what tables say together (rules.py).
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from baokuan.home import PROJECT
from catalogue.model import TABLES, Catalogue, Row

FOLDER = PROJECT / "dbt_project" / "seeds" / "catalogue"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong: file, line, what, remedy."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}; {self.remedy}"


class CatalogueError(ValueError):
    """The catalogue can't be used; ``problems`` says why, one by one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(path: Path) -> str:
    """A path as people type it from the project's folder."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)


def meant(given: str, known: Iterable[str]) -> str:
    """``did you mean …`` or nothing."""
    close = difflib.get_close_matches(given, list(known), 1)
    return f"did you mean {close[0]}? " if close else ""


@cache
def project() -> Catalogue:
    """The project's own catalogue, read once.

    Raises:
        CatalogueError: a table is missing or holds wrong rows.
    """
    return read(FOLDER)


def read(folder: Path = FOLDER) -> Catalogue:
    """Every table of a folder.

    Raises:
        CatalogueError: a table is missing or holds wrong rows, or rows name what does not exist.
    """
    from catalogue import rules

    problems: list[Problem] = []
    tables: dict[str, Any] = {
        row.FILE: _table(folder / f"{row.FILE}.csv", row, problems) for row in TABLES
    }
    if problems:
        raise CatalogueError(problems)
    catalogue = Catalogue(**tables)
    problems += rules.problems(catalogue, folder)
    if problems:
        raise CatalogueError(problems)
    return catalogue


def _table(path: Path, row: type[Row], problems: list[Problem]) -> dict[Any, Row]:
    name = shown(path)
    if not path.is_file():
        problems.append(Problem(name, 0, "the table is missing", "restore it from git"))
        return {}
    found: dict[Any, Row] = {}
    wanted = [field for field in row.model_fields if field != "line"]
    for line, values in _lines(path, name, wanted, problems):
        try:
            one = row(line=line, **values)
        except ValidationError as error:
            problems += [_problem(name, line, e, values) for e in error.errors()]
            continue
        if (first := found.get(one.key())) is not None:
            key = one.key() if isinstance(one.key(), str) else " ".join(one.key())
            problems.append(
                Problem(
                    name,
                    line,
                    f"{key!r} stands twice",
                    f"line {first.line} has it already; rename or remove one",
                )
            )
            continue
        found[one.key()] = one
    return found


def _lines(
    path: Path, name: str, wanted: list[str], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, values by column) of each row; the header must have exactly the wanted columns."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        problems.append(Problem(name, 0, f"not UTF-8: {error.reason}", "save it as UTF-8"))
        return
    rows = csv.reader(text.splitlines(keepends=True))
    head = next(rows, [])
    if set(head) != set(wanted) or len(head) != len(wanted):
        for column in [c for c in head if c not in wanted]:
            problems.append(
                Problem(
                    name,
                    1,
                    f"unknown column {column!r}",
                    f"{meant(column, wanted)}columns are {', '.join(wanted)}",
                )
            )
        for column in [c for c in wanted if c not in head]:
            problems.append(
                Problem(
                    name, 1, f"column {column} is missing", "add it to the header and every row"
                )
            )
        if not set(head) ^ set(wanted):
            problems.append(Problem(name, 1, "a column stands twice", "remove one"))
        return
    line = rows.line_num + 1
    for values in rows:
        if len(values) == len(head):
            yield line, dict(zip(head, values, strict=True))
        elif values:
            problems.append(
                Problem(
                    name,
                    line,
                    f"{len(values)} values for {len(head)} columns",
                    'a text with a comma needs "quotes"',
                )
            )
        line = rows.line_num + 1


def _problem(name: str, line: int, error: Any, values: dict[str, str]) -> Problem:
    """What pydantic says, in the words of the table."""
    column = str(error["loc"][0]) if error["loc"] else ""
    given, kind, context = values.get(column, ""), error["type"], error.get("ctx", {})
    if kind == "string_too_short" or (given == "" and kind in ("int_parsing", "decimal_parsing")):
        language = {"_zh": "the Chinese text", "_en": "the English text"}.get(
            column[-3:], "a value"
        )
        return Problem(name, line, f"{column} is empty", f"write {language}")
    if kind == "literal_error":
        known = [
            part.strip("' ") for part in str(context["expected"]).replace(" or ", ", ").split(",")
        ]
        return Problem(
            name,
            line,
            f"unknown {column} {given!r}",
            f"{meant(given, known)}use one of {', '.join(known)}",
        )
    if kind == "value_error":
        return Problem(name, line, f"{column}: {given!r} {context['error']}", "write it in English")
    if kind == "string_pattern_mismatch":
        return Problem(
            name, line, f"{column}: {given!r} is not allowed", f"it must match {context['pattern']}"
        )
    return Problem(name, line, f"{column}: {given!r}: {error['msg']}", "correct the value")
