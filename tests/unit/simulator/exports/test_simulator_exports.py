"""Files look as their systems write them: headers, encodings, names; every row is in the truth."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import fastexcel
import polars as pl
import pytest
import yaml

from simulator.exports.headers import HEADERS
from simulator.exports.keys import KEYS
from simulator.exports.workbook import Book
from simulator.world.settings import Settings

Truth = Callable[[str], pl.DataFrame]
CONTRACTS = Path(__file__).parents[4] / "ingest" / "contracts"
NAME = re.compile(r"^[a-z]+_[a-z_]+_(full|delta|snap)_\d{6}(\d\d)?_[A-Z0-9]+\.(csv|xlsx|jsonl)$")

FEED = re.compile(r"(.+)_(?:full|delta|snap)_\d")


def feed_of(path: Path) -> str:
    found = FEED.match(path.name)
    assert found, path.name
    return found.group(1)


def text(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def test_headers_are_the_contracts_first_aliases() -> None:
    contracts = {}
    for path in CONTRACTS.glob("*.yml"):
        contract = yaml.safe_load(path.read_text(encoding="utf-8"))
        if contract["feed"] == path.stem:
            contracts[contract["feed"]] = contract
    # A retailer's systems export some of the feeds and columns that there are contracts for.
    expected = {
        feed: {name: contracts[feed]["columns"][name]["from"][0] for name in columns}
        for feed, columns in HEADERS.items()
    }
    assert expected == HEADERS
    assert {feed: tuple(contracts[feed]["key"]) for feed in HEADERS} == KEYS


def test_every_feed_is_exported_under_a_good_name(retailer: Settings) -> None:
    found = set()
    for path in retailer.out.rglob("*.*"):
        assert NAME.match(path.name), path.name
        assert path.parent.name == path.name.split("_")[0]
        found.add(feed_of(path))
    assert found == set(HEADERS)


def test_csv_headers_and_row_counts(retailer: Settings, truth: Truth) -> None:
    counts = dict(truth("rows").group_by("file").len().iter_rows())
    seen = 0
    for path in retailer.out.rglob("*.csv"):
        lines = text(path).splitlines()
        feed = feed_of(path)
        assert lines[0].split(",") == list(HEADERS[feed].values())
        assert len(lines) - 1 == counts.get(str(path.relative_to(retailer.out)), 0)
        seen += 1
    assert seen > 100


def test_workbooks_have_title_header_and_total(retailer: Settings, truth: Truth) -> None:
    name = "erp/erp_assortment_full_20261031_1.xlsx"
    sheet = pl.read_excel(retailer.out / name, engine="calamine", has_header=False)
    assert sheet.row(1) == tuple(HEADERS["erp_assortment"].values())
    assert sheet.row(sheet.height - 1)[0] == "合计"
    rows = truth("rows").filter(pl.col("file") == name).height
    assert sheet.height == rows + 3
    assert len([v for v in sheet.row(0) if v is not None]) == 1


def test_events_are_json_lines_in_utc(retailer: Settings) -> None:
    path = retailer.out / "ec" / "ec_event_delta_20261031_1.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert lines
    stamp = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
    assert all(stamp.match(line["时间"]) for line in lines)
    assert list(lines[0]) == list(HEADERS["ec_event"].values())


def test_encodings_differ(retailer: Settings) -> None:
    kinds = set()
    for path in retailer.out.rglob("*.csv"):
        raw = path.read_bytes()
        if raw.startswith(b"\xef\xbb\xbf"):
            kinds.add("bom")
            continue
        try:
            raw.decode("utf-8")
            kinds.add("utf-8")
        except UnicodeDecodeError:
            raw.decode("gb18030")
            kinds.add("gb18030")
    assert kinds == {"bom", "utf-8", "gb18030"}


def test_same_content_comes_twice_under_another_name(retailer: Settings) -> None:
    twice = [p for p in retailer.out.rglob("*_2.*") if "_delta_" in p.name]
    assert twice
    for path in twice:
        assert path.read_bytes() == (path.parent / path.name.replace("_2.", "_1.")).read_bytes()


@pytest.mark.parametrize(
    ("feed", "pattern"),
    [
        ("ec_order*", r"¥\d|\d元|[０-９]\.|\"\d+,\d{3}\."),
        ("ec_order_line*", r"=\"\"\d+|'\d{18}|\d{18}\.0"),
        ("crm_member_full*", r"\+86 \d{3}-\d{4}-\d{4}"),
        ("crm_member_full*", r"\d{3}\*{4}\d{4}"),
        ("pos_receipt_line*", r",(0000|69099\d+),"),
    ],
)
def test_there_is_a_dose_of_mess(retailer: Settings, feed: str, pattern: str) -> None:
    assert any(re.search(pattern, text(path)) for path in retailer.out.rglob(f"{feed}.csv"))


@pytest.mark.parametrize("streamed", [False, True])
def test_a_workbook_holds_its_cells_and_the_same_bytes(tmp_path: Path, streamed: bool) -> None:
    rows = pl.DataFrame(
        {"款号": ["A&<1", None], "数量": [3, None], "日期": ["46355", "2026-01-02"]}
    )
    for name in ("a.xlsx", "b.xlsx"):
        with Book(tmp_path / name, streamed) as book:
            book.table("Sheet1", "a 导出", rows, {"数量": 3.0})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    reader = fastexcel.read_excel(tmp_path / "a.xlsx")
    assert reader.sheet_names == ["Sheet1"]
    cells = reader.load_sheet(0, header_row=None, dtypes="string").to_polars().rows()
    assert cells[0] == ("a 导出", None, None)
    assert cells[1:3] == [("款号", "数量", "日期"), ("A&<1", "3", "46355")]
    assert cells[3:] == [(None, None, "2026-01-02"), ("合计", "3", None)]
    sheet = zipfile.ZipFile(tmp_path / "a.xlsx").read("xl/worksheets/sheet1.xml").decode()
    assert re.findall('<mergeCell ref="([^"]+)"', sheet) == ["A1:C1"]
