"""Workbooks to fill by hand for what no system exports; what is filled in loads as it is.

Belongs here: settings.xlsx (a sheet for each of the retailer's lists) and one workbook for each
master feed that is often kept by hand, with lists to choose from and checks of dates and numbers.
Reading them is ``bronze.views``' and the readers'.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter

from ingest.contract.model import Column, Contract

SETTINGS = "settings.xlsx"
BY_HAND = ("erp_location", "erp_supplier", "erp_assortment", "ops_calendar")
ROWS = 2000  # lines of a template that are checked
CHOICES = {
    ("code_map", "kind"): ("barcode", "style", "skc", "store", "staff"),
    ("exclusions", "kind"): (
        "staff_member", "reseller_member", "test_order", "service_item", "gift",
    ),
}  # fmt: skip

Lists = dict[str, tuple[tuple[str, str], ...]]


def settings(path: Path, lists: Lists, thresholds: Iterable[str]) -> None:
    """The retailer's own lists: one sheet each, named as the CSV file it stands for."""
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True, "bg_color": "#F3F6F9"})
        text = book.add_format({"num_format": "@"})
        for name, columns in lists.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, (column, sql_type) in enumerate(columns):
                sheet.write_string(0, place, column, bold)
                sheet.set_column(place, place, 24, text if sql_type == "VARCHAR" else None)
                choices = CHOICES.get((name, column), ())
                if name == "thresholds" and column == "name":
                    hidden = book.add_worksheet("names")
                    hidden.hide()
                    known = sorted(thresholds)
                    hidden.write_column(0, 0, known)
                    rule = {"validate": "list", "source": f"=names!$A$1:$A${len(known)}"}
                    sheet.data_validation(1, place, ROWS, place, rule)
                elif choices:
                    choice = {"validate": "list", "source": list(choices)}
                    sheet.data_validation(1, place, ROWS, place, choice)
                else:
                    _check(sheet, place, sql_type, book)


def feed(path: Path, contract: Contract) -> None:
    """A workbook for one feed: its headers, what each means, and what may be written."""
    with xlsxwriter.Workbook(str(path)) as book:
        must = book.add_format({"bold": True, "bg_color": "#FDE9D9"})
        may = book.add_format({"bold": True, "bg_color": "#F3F6F9"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(contract.feed[:31])
        sheet.freeze_panes(1, 0)
        columns = [c for c in contract.columns if c.sources and c.personal is None]
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.sources[0], must if column.required else may)
            needed = " (required)" if column.required else ""
            sheet.write_comment(0, place, f"{column.doc}{needed}")
            sheet.set_column(place, place, 16, text if column.type == "text" else None)
            _feed_check(sheet, place, column, book)


def _feed_check(
    sheet: xlsxwriter.worksheet.Worksheet, place: int, column: Column, book: xlsxwriter.Workbook
) -> None:
    if column.map or column.type == "boolean":
        source = list(column.map) if column.map else ["是", "否"]
        rule = {"validate": "list", "source": source, "error_type": "stop"}
        sheet.data_validation(1, place, ROWS, place, rule)
    else:
        kinds = {"date": "DATE", "integer": "BIGINT", "decimal": "DECIMAL", "money": "DECIMAL"}
        _check(sheet, place, kinds.get(column.type, "VARCHAR"), book)


def _check(
    sheet: xlsxwriter.worksheet.Worksheet, place: int, sql_type: str, book: xlsxwriter.Workbook
) -> None:
    """Only dates where a date is meant, only numbers where a number is."""
    if sql_type == "DATE":
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.set_column(place, place, 16, day)
        letter = xlsxwriter.utility.xl_col_to_name(place)
        rule = {"validate": "custom", "value": f"=AND(ISNUMBER({letter}2),{letter}2>32874)"}
        rule["error_message"] = "a date, e.g. 2026-10-31"
        sheet.data_validation(1, place, ROWS, place, rule)
    elif sql_type.startswith(("DECIMAL", "BIGINT")):
        letter = xlsxwriter.utility.xl_col_to_name(place)
        rule = {"validate": "custom", "value": f"=ISNUMBER({letter}2)"}
        rule["error_message"] = "a number"
        sheet.data_validation(1, place, ROWS, place, rule)
