"""Workbooks to fill by hand load as they are."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import fastexcel
import pytest
import xlsxwriter

from ingest.bronze import views
from ingest.contract import load_all, templates
from tests.unit.ingest.conftest import Shop


def _fill(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    """What a person does: values below the headers of the template."""
    book = fastexcel.read_excel(path)
    headers = {}
    for name in sheets:
        rows = book.load_sheet(name, header_row=None, dtypes="string").to_arrow().to_pylist()
        headers[name] = rows[0].values()
    with xlsxwriter.Workbook(str(path)) as out:
        day = out.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            sheet.write_row(0, 0, list(headers[name]))
            for number, row in enumerate(rows, 1):
                for place, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(number, place, value, day)  # type: ignore[arg-type]
                    else:
                        sheet.write(number, place, value)


def test_settings_are_read_from_the_workbook_and_the_lists(shop: Shop) -> None:
    config = Path(os.environ["BAOKUAN_CONFIG"])
    config.mkdir(parents=True)
    path = config / templates.SETTINGS
    templates.settings(path, views.CONFIG, ["return_window_store_days"])
    assert shop.rows("select count(*) from bronze._config_exclusions") == [(0,)]
    _fill(path, {
        "thresholds": [["return_window_store_days", 14]],
        "launch_overrides": [["Q1/01", date(2026, 9, 1)]],
        "exclusions": [["gift", "Q9"]],
    })  # fmt: skip
    (config / "exclusions.csv").write_text("kind,key\ngift,Q8\n")
    assert shop.rows("from bronze._config_thresholds") == [
        ("return_window_store_days", Decimal("14"))
    ]
    assert shop.rows("from bronze._config_launch_overrides") == [("Q1/01", date(2026, 9, 1))]
    assert shop.rows("select key from bronze._config_exclusions order by 1") == [("Q8",), ("Q9",)]
    _fill(path, {"thresholds": [["x", "much"]]})
    with pytest.raises(ValueError, match="sheet thresholds: row 2: column value: 'much' is not"):
        shop.rows("select 1")


def test_a_filled_feed_template_loads(shop: Shop, tmp_path: Path) -> None:
    contract = next(c for c in load_all() if c.name == "erp_location")
    path = tmp_path / "stores.xlsx"
    templates.feed(path, contract)
    _fill(path, {"erp_location": [["001", "一店", "门店", "直营", "华东"]]})
    shop.land("erp/erp_location_full_20261031_1.xlsx", path.read_bytes())
    outcome = shop.one()
    assert (outcome.status, outcome.rows_kept, outcome.warnings) == ("loaded", 1, [])
    found = shop.rows("select store_code, location_type, ownership from bronze.erp_location")
    assert found == [("001", "store", "own")]
