"""The ingest as a whole: accounting, idempotence, blocked files, holding, foreign files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from baokuan import lock
from ingest import outcomes
from ingest.commands.cli import main
from ingest.load.run import ingest_landing
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

NAME = "pos/pos_receipt_line_delta_20261031_S012.csv"
TWO = RECEIPT_LINES + "S012,2026-10-31,1,1,690,2,100\nS012,2026-10-31,2,1,691,-1,-50\n"


def test_every_row_is_accounted_for(shop: Shop) -> None:
    rows = [
        "S012,2026-10-31,1,1,690,2,100", "S012,2026-10-31,2,1,6.90E+12,2,100",
        "S012,2026-10-31,1.93068E+15,1,690,2,100", "S012,2026-10-31,3,1,690,两件,100",
        "S012,11.5,4,1,690,2,100", ",2026-10-31,5,1,690,2,100", "合计,,,,,8,400", "",
        "S012,2026-10-31,6",
    ]  # fmt: skip
    shop.land(NAME, RECEIPT_LINES + "\n".join(rows) + "\n")
    outcome = shop.one()
    assert (outcome.rows_in_file, outcome.rows_kept, outcome.rows_quarantined) == (9, 3, 4)
    assert outcome.rows_skipped == {"title": 0, "total": 1, "blank": 1}
    assert outcome.values_rejected == {"barcode": 1, "biz_date": 1}
    reasons = {row: (kind, reason, column, value) for kind, row, reason, column, value in
               shop.quarantine(outcome)}  # fmt: skip
    assert reasons == {
        3: ("value", "value rejected", "barcode", "6.90E+12"),
        4: ("row", "identifier damaged by Excel: digits are lost", "receipt_no", "1.93068E+15"),
        5: ("row", "not a integer", "qty", "两件"),
        6: ("value", "value rejected", "biz_date", "11.5"),
        7: ("row", "missing required value", "store_code", None),
        10: ("row", "3 columns where the header has 7", None, None),
    }
    sql = "select _row_no, biz_date::varchar, _notes from bronze.pos_receipt_line order by 1"
    assert shop.rows(sql) == [
        (2, "2026-10-31", None), (3, "2026-10-31", "barcode"), (6, "2026-10-31", "biz_date"),
    ]  # fmt: skip


def test_known_content_is_a_duplicate_and_changes_nothing(shop: Shop) -> None:
    shop.land(NAME, TWO)
    first = shop.one()
    bronze = shop.home.root / str(first.bronze_path)
    before = hashlib.sha256(bronze.read_bytes()).hexdigest()
    assert not list(shop.home.landing.rglob("*.csv"))
    (archived,) = [path for path in shop.home.archive.rglob("*") if path.is_file()]
    assert archived.read_text() == TWO and archived.stat().st_mode & 0o777 == 0o600
    shop.land(NAME, TWO)
    shop.land("pos/pos_receipt_line_delta_20261031_S012_2.csv", TWO)
    again = shop.ingest()
    assert [(o.status, o.duplicate_of) for o in again] == [("duplicate", first.file_id)] * 2
    assert hashlib.sha256(bronze.read_bytes()).hexdigest() == before
    assert shop.rows("select count(*) from bronze.pos_receipt_line") == [(2,)]


def test_empty_files_of_different_stores_are_not_duplicates(shop: Shop) -> None:
    for store in ("S1", "S2"):
        shop.land(f"pos/pos_receipt_line_delta_20261031_{store}.csv", RECEIPT_LINES)
    assert [outcome.status for outcome in shop.ingest()] == ["empty", "empty"]
    assert shop.rows("select file_seq, rows from bronze._file order by 1") == [("S1", 0), ("S2", 0)]


def test_the_date_of_the_name_makes_equal_contents_different(shop: Shop) -> None:
    text = "店仓代码,小票号,行号,数量,成交额\nS1,1,1,1,10\n"
    for day in ("20261030", "20261031"):
        shop.land(f"pos/pos_receipt_line_delta_{day}_S1.csv", text)
    assert [outcome.status for outcome in shop.ingest()] == ["loaded", "loaded"]
    days = shop.rows("select biz_date::varchar from bronze.pos_receipt_line order by 1")
    assert days == [("2026-10-30",), ("2026-10-31",)]


def test_the_same_state_on_another_day_is_news_for_full_exports(shop: Shop) -> None:
    for day, store in (("20261001", "S1"), ("20261008", "S2"), ("20261015", "S1")):
        shop.land(f"pos/pos_staff_full_{day}_1.csv", f"工号,店仓\n1,{store}\n")
    assert [outcome.status for outcome in shop.ingest()] == ["loaded"] * 3
    last = "select store_code from bronze.pos_staff order by _file_date desc limit 1"
    assert shop.rows(last) == [("S1",)]
    shop.land("pos/pos_staff_full_20261015_2.csv", "工号,店仓\n1,S1\n")
    assert shop.one().status == "duplicate"


@pytest.mark.parametrize(
    ("name", "content", "status", "reason"),
    [
        (NAME, b"", "blocked", "empty (0 bytes)"),
        (NAME, b"\n\n", "blocked", "the file is empty"),
        (NAME, TWO.encode() + b"S012,2026-10", "blocked", "cut"),
        (NAME, b"PK\x03\x04 nothing", "blocked", "not a readable Excel workbook"),
        (NAME, "店仓代码,小票号\nS1,1\n".encode(), "blocked", "column missing: 行号, 数量, 成交额"),
        (NAME, b"a,b\n1,2\n", "blocked", "no header of feed pos_receipt_line"),
        (NAME, bytes(range(128, 256)) * 40, "blocked", "neither UTF-8 nor GB18030"),
        ("erp/erp_sku_full_20261031_1.parquet", b"PAR1 no", "blocked", "not a readable Parquet"),
        ("crm/crm_member_full_20261031_1.csv.gz", b"\x1f\x8b\x08bad", "blocked", "gzip"),
        ("misc/what.csv", "款号,颜色,店仓,首铺量\n1,2,3,4\n".encode(), "unknown", "no contract"),
    ],
)  # fmt: skip
def test_bad_files_have_a_reason_and_a_remedy_and_stay(
    shop: Shop, name: str, content: bytes, status: str, reason: str
) -> None:
    path = shop.land(name, content)
    shop.land("pos/pos_staff_full_20261031_1.csv", "工号,店仓\n1,S1\n")
    result = {outcome.source: outcome for outcome in shop.ingest()}
    outcome = result.pop(name)
    assert outcome.status == status and reason in outcome.reason and outcome.remedy
    assert path.exists()
    assert [other.status for other in result.values()] == ["loaded"]
    assert [(o.status, o.file_id) for o in shop.ingest()] == [(status, outcome.file_id)]


def test_an_unknown_file_is_told_its_closest_feed(shop: Shop) -> None:
    shop.land("misc/what.csv", "季,款号,颜色,店仓,首铺量\n1,2,3,4,5\n")
    assert "closest feed: erp_assortment" in shop.one().remedy


def test_a_mended_contract_lets_a_blocked_file_in(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land("pos/pos_staff_full_20261031_1.csv", "员工编号,店仓\n1,S1\n")
    assert shop.one().status == "blocked"
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "staff.yml").write_text(
        "feed: pos_staff\nmatch: {path: 'pos/pos_staff_*'}\ncolumns:\n"
        "  staff_code: {from: [员工编号], required: true, doc: Staff number}\n"
    )
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(folder))
    assert shop.one().status == "loaded"


def test_partial_files_wait(shop: Shop) -> None:
    shop.land(NAME + ".tmp", TWO)
    shop.land("pos/.hidden.csv", TWO)
    assert shop.ingest() == []


def test_held_files_leave_the_views_and_come_back_in_a_new_batch(shop: Shop) -> None:
    shop.land(NAME, TWO)
    loaded = shop.one()
    (held,) = outcomes.set_held(shop.home, [loaded.file_id], "volume")
    assert (held.status, held.rows_kept, held.rows_held) == ("held", 0, 2)
    assert shop.rows("select count(*) from bronze.pos_receipt_line") == [(0,)]
    assert shop.rows("select is_held from bronze._feed where feed = 'pos_receipt_line'") == [
        (True,)
    ]
    (released,) = outcomes.release(shop.home, [loaded.file_id])
    assert (released.status, released.rows_kept) == ("loaded", 2)
    assert released.batch > loaded.batch
    assert shop.rows("select distinct _batch from bronze.pos_receipt_line") == [(released.batch,)]


def test_batches_grow_and_feeds_can_be_chosen(shop: Shop) -> None:
    shop.land(NAME, TWO)
    shop.land("pos/pos_staff_full_20261031_1.csv", "工号,店仓\n1,S1\n")
    (staff,) = ingest_landing(shop.home, feeds={"pos_staff"})
    (lines,) = ingest_landing(shop.home)
    assert (staff.feed, lines.feed) == ("pos_staff", "pos_receipt_line")
    assert lines.batch == staff.batch + 1


def test_one_file_for_several_feeds(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "style.yml").write_text(
        "feed: erp_style\nsource: acme\nmatch: {path: 'acme/items*'}\ncolumns:\n"
        "  style_code: {from: [item]}\n  tag_price: {expr: 'cast(price as double) * 2'}\n"
        "rules:\n  - {name: dear, where: 'tag_price > 100', otherwise: flag}\n"
    )
    (folder / "skc.yml").write_text(
        "feed: erp_skc\nsource: acme\nmatch: {path: 'acme/items*', header_has: [item]}\n"
        "columns:\n  style_code: {from: [item]}\n  color_code: {const: '-'}\n"
    )
    (folder / "lines.yml").write_text(
        "feed: pos_receipt_line\nsource: acme\nmatch: {path: 'acme/sales*'}\n"
        "identity: hash_ordinal\ncolumns:\n  store_code: {const: 'S1'}\n"
        "  receipt_no: {from: [no]}\n  line_no: {ordinal: [receipt_no]}\n"
        "  qty: {from: [n]}\n  sale_amt: {from: [amt]}\n"
        "  sold_at: {from: [at]}\n  biz_date: {default: sold_at}\n"
    )
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(folder))
    shop.land("acme/items.csv", "item,price\nA,60\nB,20\n")
    shop.land(
        "acme/sales.csv",
        "no,n,amt,at\n1,1,5,2026-10-31 02:00\n1,1,5,2026-10-31 02:00\n2,1,7,2026-10-31 12:00\n",
    )
    result = shop.ingest()
    assert [(o.contract, o.rows_kept) for o in result] == [
        ("acme/erp_skc", 2), ("acme/erp_style", 2), ("acme/pos_receipt_line", 3),
    ]  # fmt: skip
    styles = "select style_code, tag_price::varchar, _notes from bronze.erp_style order by 1"
    assert shop.rows(styles) == [
        ("A", "120.00", None), ("B", "40.00", "rule dear"),
    ]  # fmt: skip
    assert shop.rows(
        "select receipt_no, line_no, biz_date::varchar from bronze.pos_receipt_line order by 1, 2"
    ) == [("1", 1, "2026-10-30"), ("1", 2, "2026-10-30"), ("2", 1, "2026-10-31")]


def test_two_ingests_cannot_run_together(shop: Shop) -> None:
    with lock.intake(shop.home).held(), pytest.raises(lock.LockedError, match=str(os.getpid())):
        ingest_landing(shop.home)


def test_command_line(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAOKUAN_HOME", str(shop.home.root))
    shop.land(NAME, TWO)
    assert main(["run", "--quiet"]) == 0
    assert main(["views"]) == 0
    assert main(["contracts"]) == 0
    assert main(["status"]) == 0
    assert "pos_receipt_line" in capsys.readouterr().out
    shop.land("misc/x.csv", "a,b\n")
    assert main(["run"]) == 1
    assert "remedy" in capsys.readouterr().out
    assert main(["run", "--feed", "nothing"]) == 2
    assert main(["release", "no-such"]) == 1
    assert main(["nonsense"]) == 2


@pytest.mark.parametrize("place", [0, 70_000, 139_999, 140_000, 279_998, 279_999, None])
def test_a_large_file_is_known_only_byte_for_byte(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, place: int | None
) -> None:
    monkeypatch.setattr("ingest.bronze.bulk.LARGE", 200_000)
    line = b"S1,2026-10-31,1,1,690,1,10\n"
    text = (RECEIPT_LINES.encode() + line * 20_000)[:279_999].ljust(280_000, b"\n")
    name = "pos/pos_receipt_line_delta_202610_1.csv"
    shop.land(name, text)
    first = shop.one()
    again = text
    if place is not None:
        again = text[:place] + (b"7" if text[place : place + 1] != b"7" else b"8")
        again += text[place + 1 :]
    shop.land(name, again)
    outcome = shop.one()
    assert (outcome.status == "duplicate") == (place is None)
    assert (outcome.content_hash == first.content_hash) == (place is None)
