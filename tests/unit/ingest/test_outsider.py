"""Shapes of public data sets, with invented rows: what a stranger's contract and a draft meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.draft.write import draft


def _drafted(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return draft(path)


def test_a_draft_shows_no_names_of_people(tmp_path: Path) -> None:
    text = "Row ID,Order ID,Customer Name,CUSTOMER,Customer,Product Name\n" + "".join(
        f"{i},A-{i},Ines Falk,Falk Textil,K-{i},Oak Chair\n" for i in range(9)
    )
    found = _drafted(tmp_path, "many/orders.csv", text)
    assert "Ines" not in found and "Falk" not in found
    assert "Customer Name (name)" in found and "CUSTOMER (name)" in found
    assert "Oak Chair" in found and "K-1" in found


def test_a_sale_to_customers_is_no_purchase_order(tmp_path: Path) -> None:
    text = "Row ID,Order ID,Order Date,Customer ID,Product ID,Category,Sales,Quantity\n" + "".join(
        f"{i},A-{i // 2},2026-03-{i + 1:02},C-{i},P-{i},Chairs,{i}.50,{i}\n" for i in range(1, 9)
    )
    found = _drafted(tmp_path, "many/oakstore.csv", text)
    assert "feed: erp_po" not in found
    assert 'sale_amt: {from: ["Sales"]}' in found and 'qty: {from: ["Quantity"]}' in found


@pytest.mark.parametrize(
    ("day", "line"),
    [("{0:02}-05-26", '"%d-%m-%y"'), ("05-{0:02}-26", '"%m-%d-%y"'), ("05/04/26", "No value")],
)
def test_a_draft_reads_years_of_two_digits(tmp_path: Path, day: str, line: str) -> None:
    rows = "".join(f"{day.format(i)},A{i},K1,{i},{i}.00\n" for i in range(1, 29))
    text = "Transaction Date,Receipt No,SKU,PCS,GROSS AMT\n" + rows
    found = _drafted(tmp_path, "many/sales.csv", text)
    (biz_date,) = [row for row in found.splitlines() if row.startswith("  biz_date")]
    assert line in biz_date and "formats" in biz_date
    assert 'qty: {from: ["PCS"]}' in found and 'sale_amt: {from: ["GROSS AMT"]}' in found
