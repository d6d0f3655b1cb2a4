"""What is missing and why it was expected; manifests; the log of what a batch changes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest import outcomes
from ingest.arrive import arrivals, guard
from ingest.bronze import changes
from ingest.commands.cli import main
from ingest.contract import load_all
from ingest.explain import report
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

CONTRACTS = load_all()
LAST = date(2026, 10, 31)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contracts are not read anew for every load."""
    for module in ("load.run", "bronze.views", "contract"):
        monkeypatch.setattr(f"ingest.{module}.load_all", lambda: CONTRACTS)


def _history(shop: Shop, stores: tuple[str, ...]) -> None:
    days = [LAST - timedelta(n) for n in range(1, 29)]
    rows = "".join(f"{s},{d},1,1,690,1,10\n" for s in stores for d in days)
    shop.land("pos/pos_receipt_line_delta_202610_1.csv", RECEIPT_LINES + rows)


def test_a_store_that_usually_reports_is_missed(shop: Shop) -> None:
    _history(shop, ("S1", "S2", "S3"))
    line = RECEIPT_LINES + "S1,2026-10-31,1,1,690,1,10\n"
    shop.land("pos/pos_receipt_line_delta_20261031_S1.csv", line)
    shop.land("pos/pos_receipt_line_delta_20261031_S2.csv", RECEIPT_LINES)
    shop.land(
        "pos/pos_receipt_line_delta_20261031_S3.csv", (line + "S3,2026-10-31,2").replace("S1", "S3")
    )
    shop.ingest()
    found = {a.store: a for a in arrivals.matrix(shop.home, CONTRACTS, LAST, LAST)}
    assert {s: a.state for s, a in found.items()} == {
        "S1": "arrived", "S2": "empty", "S3": "blocked",
    }  # fmt: skip
    assert "reported on 28 of the 28 days before" in found["S3"].why
    assert "the file is cut" in found["S3"].why
    shown = report.text(report.sections_of_arrivals(list(found.values()), LAST, LAST))
    assert "2/3" in shown


def test_a_company_feed_that_comes_daily_is_missed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(1, 29):
        day = LAST - timedelta(n)
        shop.land(f"ec/ec_order_delta_{day:%Y%m%d}_1.csv", f"平台,订单号\n天猫,{n}\n")
    shop.ingest()
    monkeypatch.setenv("BAOKUAN_HOME", str(shop.home.root))
    assert main(["arrivals"]) == 1
    out = capsys.readouterr().out
    assert "2026-10-31   ec_order   all     missing   came on 28 of the 28 days before" in out
    shop.land("ec/ec_order_delta_20261031_1.csv", "平台,订单号\n天猫,99\n")
    shop.ingest()
    assert main(["arrivals"]) == 0


def test_a_manifest_may_come_later_and_be_corrected(shop: Shop) -> None:
    name = "pos/pos_receipt_line_delta_20261031_S1.csv"
    manifest = "pos/pos_manifest_20261031.json"
    entry = {"file": Path(name).name, "rows": 2}
    shop.land(manifest, json.dumps({"files": [entry]}))
    shop.ingest()
    assert not (shop.home.landing / manifest).exists()
    shop.land(name, RECEIPT_LINES + "S1,2026-10-31,1,1,690,1,10\n合计,,,,,1,10\n")
    assert shop.one().reason == "the manifest says 2 rows, the file has 1"
    assert not list(shop.home.bronze.glob("*/*.parquet"))
    shop.land(manifest, json.dumps({"files": [entry | {"rows": 1}]}))
    assert shop.one().status == "loaded"


def test_a_manifest_judges_files_that_were_loaded_before_it(shop: Shop) -> None:
    """The one that differs is held, with its remedy; the other stays; a right manifest frees it."""
    for store, rows in (("S1", 2), ("S2", 1), ("S3", 0)):
        lines = "".join(f"{store},2026-10-31,0001,{n},690,1,10\n" for n in range(rows))
        shop.land(f"pos/pos_receipt_line_delta_20261031_{store}.csv", RECEIPT_LINES + lines)
    assert [o.status for o in shop.ingest()] == ["loaded", "loaded", "empty"]
    said: list[dict[str, object]] = [
        {"file": f"pos_receipt_line_delta_20261031_S{n}.csv", "rows": n} for n in (1, 2, 3)
    ]
    said[0]["rows"], said[1]["sums"] = 2, {"sale_amt": 20}
    manifest = "pos/pos_manifest_20261031.json"
    shop.land(manifest, json.dumps({"files": said}))
    second, third = shop.ingest()
    assert (second.status, second.rows_held, second.rows_kept) == ("held", 1, 0)
    assert second.reason == "the manifest says 2 rows, the file has 1"
    assert f"baokuan ingest release {second.file_id}" in second.remedy
    assert (third.status, third.reason) == ("held", "the manifest says 3 rows, the file has 0")
    assert shop.rows("select distinct store_code from bronze.pos_receipt_line") == [("S1",)]
    outcomes.release(shop.home, [third.file_id])
    shop.land(manifest, json.dumps({"files": said}))
    assert shop.ingest() == []  # known: what was released since stays
    said[1]["rows"], said[1]["sums"] = 1, {"sale_amt": 10}
    shop.land(manifest, json.dumps({"files": said[:2]}))
    freed = shop.one()
    assert (freed.status, freed.reason, freed.rows_kept) == ("loaded", "", 1)
    assert freed.batch > second.batch


def test_a_manifest_means_the_latest_file_of_a_name(shop: Shop) -> None:
    """One name for every day's export, or a file sent again whole: the older ones stay."""
    name = "pos/pos_receipt_line_delta_20261031_S1.csv"
    for rows in (1, 2):
        lines = "".join(f"S1,2026-10-31,0001,{n},690,1,10\n" for n in range(rows))
        shop.land(name, RECEIPT_LINES + lines)
        shop.one()
    entry = {"file": name.split("/")[1], "rows": 2}
    shop.land("pos/pos_manifest_20261031.json", json.dumps({"files": [entry]}))
    assert shop.ingest() == []


def test_an_empty_file_that_a_manifest_says_is_not(shop: Shop) -> None:
    name = "pos/pos_receipt_line_delta_20261031_S1.csv"
    entry = {"file": name.split("/")[1], "rows": 2}
    shop.land("pos/pos_manifest_20261031.json", json.dumps({"files": [entry]}))
    shop.land(name, RECEIPT_LINES)
    outcome = shop.one()
    assert (outcome.status, outcome.reason) == (
        "blocked", "the manifest says 2 rows, the file has 0"
    )  # fmt: skip


def test_a_manifest_that_cannot_be_read_is_told(shop: Shop) -> None:
    shop.land("pos/pos_manifest_20261031.json", "{")
    outcome = shop.one()
    assert (outcome.status, outcome.reason[:30]) == ("unknown", "not a manifest that can be rea")
    with pytest.raises(ValueError, match="entry 1: 'rows' is not a count"):
        path = shop.land("x.json", '[{"file": "a", "rows": -1}]')
        guard.read_manifest(path)


def test_a_shrunken_full_export_is_held_until_released(shop: Shop) -> None:
    head = "工号,店仓\n"
    rows = [f"{i},S1\n" for i in range(40)]
    shop.land("pos/pos_staff_full_20261030_1.csv", head + "".join(rows))
    shop.ingest()
    shop.land("pos/pos_staff_full_20261031_1.csv", head + "".join(rows[:20]))
    outcome = shop.one()
    assert (outcome.status, outcome.rows_held, outcome.rows_kept) == ("held", 20, 0)
    assert shop.rows("select count(*) from bronze.pos_staff") == [(40,)]
    outcomes.release(shop.home, [outcome.file_id])
    assert shop.rows("select count(*) from bronze.pos_staff") == [(60,)]


def test_the_log_names_columns_and_is_written_once(shop: Shop) -> None:
    line = "S1,2026-10-31,1,1,690,1,{}\n"
    shop.land("pos/pos_receipt_line_delta_20261031_S1.csv", RECEIPT_LINES + line.format(10))
    shop.ingest()
    shop.land("pos/pos_receipt_line_delta_20261031_S1b.csv", RECEIPT_LINES + line.format(12))
    shop.ingest()
    (one,) = [c for c in changes.read_all(shop.home) if c.kind == "restated"]
    assert (one.batch, one.count, one.detail) == (2, 1, {"sale_amt": 1})
    assert changes.log(shop.home, CONTRACTS) == []
    (changes.folder(shop.home) / "2.jsonl").unlink()  # killed before it was written
    assert [c.kind for c in changes.log(shop.home, CONTRACTS)] == ["restated"]
