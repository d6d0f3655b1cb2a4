"""Adds the rows of something new, so that what is left is the golden row.

Only appends rows to the catalogue's tables; rendering and judging them is render.py and rules.py.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from catalogue import read
from catalogue.model import Expression, Indicator, Row

NEXT = """{id} has its rows in hit_indicators.csv and hit_expressions.csv. Next:
  make catalogue                       render what follows from them
  tests/hits/golden.csv                one row: {case},{id},<expected>,<working>
  pytest tests/hits/test_golden.py     the worked example through the real models"""
CASE = "main,K25A-07/BLK"


@dataclass(frozen=True)
class Given:
    """What is said of a new indicator; pairs are Chinese and English."""

    id: str
    zh: str
    en: str
    numerator: str
    denominator: str = ""
    num: tuple[str, str] = ("", "")
    den: tuple[str, str] = ("", "")
    about: tuple[str, str] = ("", "")
    reason: str = "launch_reason"
    family: str = "active"
    unit: str = ""
    direction: str = "up"
    needs: str = ""


def indicator(given: Given, folder: Path = read.FOLDER) -> str:
    """Append the rows; returns what to do next.

    Raises:
        CatalogueError: the rows are wrong; nothing is written then.
    """
    ratio = bool(given.denominator)
    number = max(one.number or 0 for one in read.read(folder).hit_indicators.values()) + 1
    row = {
        "number": str(number), "indicator": given.id, "family": given.family,
        "name_zh": given.zh, "name_en": given.en, "about_zh": given.about[0],
        "about_en": given.about[1], "num_zh": given.num[0], "num_en": given.num[1],
        "den_zh": given.den[0], "den_en": given.den[1],
        "unit": given.unit or ("rate" if ratio else "pieces"), "direction": given.direction,
        "value_type": "decimal(18, 6)" if ratio else "bigint",
        "num_type": "bigint" if ratio else "", "den_type": "bigint" if ratio else "",
        "needs": given.needs, "value_en": given.about[1] or given.en,
    }  # fmt: skip
    expression = {
        "indicator": given.id, "grain": "company", "numerator": given.numerator,
        "denominator": given.denominator, "reason": given.reason,
    }  # fmt: skip
    _append(folder, {Indicator: row, Expression: expression})
    return NEXT.format(id=given.id, case=CASE)


def _append(folder: Path, rows: dict[type[Row], dict[str, str]]) -> None:
    """Append rows and read the catalogue again; what it refuses is taken back."""
    from catalogue import expressions

    before = {folder / f"{table.FILE}.csv": b"" for table in rows}
    for path in before:
        before[path] = path.read_bytes()
    try:
        for table, row in rows.items():
            path = folder / f"{table.FILE}.csv"
            with path.open(encoding="utf-8", newline="") as file:
                head = next(csv.reader(file))
            with path.open("a", encoding="utf-8", newline="") as file:
                csv.DictWriter(file, head, restval="", lineterminator="\n").writerow(row)
        if found := list(expressions.problems(read.read(folder), folder)):
            raise read.CatalogueError(found)
    except BaseException:
        for path, content in before.items():
            path.write_bytes(content)
        raise
