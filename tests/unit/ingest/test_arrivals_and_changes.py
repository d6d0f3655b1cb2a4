"""What is missing and why it was expected; manifests; the log of what a batch changes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest import arrivals, changes, guard, outcomes, report
from ingest.cli import main
from ingest.contracts import load_all
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

CONTRACTS = load_all()
LAST = date(2026, 10, 31)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contracts are not read anew for every load."""
    for module in ("run", "warehouse", "commands_more"):
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
    assert "2026-10-31  ec_order  all  missing  came on 28 of the 28 days before" in out
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
