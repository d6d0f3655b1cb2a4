"""Workbooks as systems and people write them: a title over the table, its header, rows, a total.

Belongs here: cells of a workbook; the same rows give the same bytes. What does not: what rows say,
which file they go to.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

MADE = datetime(2026, 1, 1)
FIRST_ROW = 2  # below title and header
TOTAL = "合计"


class Book:
    """A workbook with several sheets.

    ``streamed``: cells are written from the top down and each row leaves the memory with the next;
    for large sheets.
    """

    def __init__(self, path: Path, streamed: bool = False) -> None:
        kept = "constant_memory" if streamed else "in_memory"
        self.book = xlsxwriter.Workbook(str(path), {kept: True})
        self.book.set_properties({"created": MADE})
        self.middle = self.book.add_format({"valign": "vcenter"})

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *failure: object) -> None:
        self.book.close()

    def sheet(self, name: str, title: str, header: list[str]) -> Worksheet:
        """A sheet with a title over all columns and the header below it."""
        sheet = self.book.add_worksheet(name)
        sheet.merge_range(0, 0, 0, max(len(header) - 1, 1), title, self.middle)
        write_row(sheet, 1, header)
        return sheet

    def table(
        self, name: str, title: str, rows: pl.DataFrame, total: dict[str, float] | None = None
    ) -> None:
        """A sheet of plain rows, and a last one that says 合计 and the sums of some columns."""
        sheet = self.sheet(name, title, rows.columns)
        for place, row in enumerate(rows.iter_rows(), FIRST_ROW):
            write_row(sheet, place, row)
        if total is not None:
            last = [TOTAL, *(total.get(name) for name in rows.columns[1:])]
            write_row(sheet, FIRST_ROW + rows.height, last)


def write_row(sheet: Worksheet, place: int, cells: Sequence[object]) -> None:
    """Texts as text, numbers as numbers, nothing where there is nothing."""
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(place, column, cell)
        elif isinstance(cell, int | float):
            sheet.write_number(place, column, cell)
        elif isinstance(cell, datetime):
            sheet.write_string(place, column, f"{cell:%Y-%m-%d %H:%M:%S}")
        elif isinstance(cell, date):
            sheet.write_string(place, column, f"{cell:%Y-%m-%d}")
        elif cell is not None:
            sheet.write_string(place, column, str(cell))
