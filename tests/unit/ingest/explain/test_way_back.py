"""From a number to its file and line; from quarantine back in after a contract was mended."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from ingest import outcomes
from ingest.commands.cli import main
from ingest.contract import load_all
from ingest.explain import trace
from ingest.load import retry
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

CONTRACT = """
feed: pos_receipt_line
source: acme
match: {path: "acme/sales*.csv"}
columns:
  store_code: {from: [shop]}
  biz_date: {from: [day]}
  receipt_no: {from: [no]}
  line_no: {const: "1"}
  qty: {from: [n]}
  sale_amt: {from: [amt], nulls: [NULLS]}
  is_gift: {from: [gift], map: {MAP}}
rules:
  - {name: little, where: "qty < LIMIT"}
"""
SALES = "shop,day,no,n,amt,gift\nA,2026-10-31,1,1,10,ja\nA,2026-10-31,2,9,20,nein\n"


@pytest.fixture
def contracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "contracts"
    folder.mkdir()
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(folder))
    return folder / "acme.yml"


def write(path: Path, limit: int = 5, codes: str = "ja: Y") -> None:
    text = CONTRACT.replace("LIMIT", str(limit)).replace("MAP", codes).replace("NULLS", "frei")
    path.write_text(text, encoding="utf-8")


def test_from_an_id_to_every_version_of_its_row(shop: Shop) -> None:
    line = "S1,2026-10-31,7,1,690,1,{}\n"
    shop.land("pos/pos_receipt_line_delta_20261031_S1.csv", RECEIPT_LINES + line.format(10))
    shop.ingest()
    shop.land("pos/pos_receipt_line_delta_20261031_S1b.csv", RECEIPT_LINES + line.format(12))
    shop.land("erp/erp_sku_full_20261031_1.csv", "条码,款号,颜色代码,尺码代码\n690,Q1,01,M\n")
    shop.ingest()
    found = trace.by_id(shop.home, load_all(), "core.fct_sale_line", "S1|2026-10-31|7|1")
    assert [(o.row_no, o.values["sale_amt"], o.batch) for o in found] == [
        (2, "10.00", 1), (2, "12.00", 2),
    ]  # fmt: skip
    assert all(Path(o.archive).is_file() for o in found)
    assert Path(found[1].archive).read_text().splitlines()[1] == line.format(12).strip()
    day = trace.by_product(shop.home, load_all(), "Q1/01", date(2026, 10, 31), "S1")
    assert [o.feed for o in day] == ["pos_receipt_line", "pos_receipt_line"]
    with pytest.raises(ValueError, match=r"no way back from hits\.daily"):
        trace.by_id(shop.home, load_all(), "hits.daily", "x")


def test_a_quarantined_row_gets_in_after_the_contract_is_mended(
    shop: Shop, contracts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(contracts)
    shop.land("acme/sales.csv", SALES)
    outcome = shop.one()
    assert (outcome.rows_kept, outcome.rows_quarantined) == (1, 1)
    found = trace.by_row(shop.home, outcome.file_id, 3)
    assert {(o.what, o.reason) for o in found} == {
        ("quarantined", "rule little"),
        ("value rejected", "value rejected in is_gift: 'nein'"),
    }
    (listed,) = trace.quarantine(shop.home, reason="little")
    assert listed.values["receipt_no"] == "2"
    monkeypatch.setenv("BAOKUAN_HOME", str(shop.home.root))
    assert main(["retry"]) == 0
    assert "no file with doubtful rows has a changed contract" in capsys.readouterr().out
    write(contracts, limit=50, codes="ja: Y, nein: N")
    main(["status"])
    assert "1 files with doubtful rows have a changed contract" in capsys.readouterr().out
    assert main(["retry", "--dry-run"]) == 0
    assert main(["retry"]) == 0
    assert "acme/sales.csv: 1 rows more; 0 stay in quarantine" in capsys.readouterr().out
    assert shop.rows("select receipt_no, is_gift, _batch from bronze.pos_receipt_line") == [
        ("1", True, 2), ("2", False, 2),
    ]  # fmt: skip
    (after,) = outcomes.read_all(shop.home)
    assert (after.file_id, after.batch) == (outcome.file_id, 2)
    assert len(list(shop.home.bronze.glob("*/*.parquet"))) == 1
    assert not list(shop.home.quarantine.glob("*/*.parquet"))
    shop.land("acme/sales_again.csv", SALES)
    assert shop.one().status == "duplicate"


def test_rows_that_leave_are_told(shop: Shop, contracts: Path) -> None:
    write(contracts)
    shop.land("acme/sales.csv", SALES)
    shop.ingest()
    write(contracts, limit=1)
    (one,) = retry.retry(shop.home, load_all())
    assert (one.lost, one.gained, one.outcome.rows_kept) == (1, 0, 0)
    assert one.outcome.bronze_path is None


def test_a_retry_needs_the_original_and_a_fitting_contract(shop: Shop, contracts: Path) -> None:
    write(contracts)
    shop.land("acme/sales.csv", SALES)
    shop.ingest()
    contracts.write_text(contracts.read_text().replace("[amt]", "[other]"))
    (one,) = retry.retry(shop.home, load_all())
    assert one.reason.startswith("not read: required column missing")
    assert shop.rows("select count(*) from bronze.pos_receipt_line") == [(1,)]
    shutil.rmtree(shop.home.archive)
    (one,) = retry.retry(shop.home, load_all())
    assert one.reason == "the original is no longer kept: land it again"


def test_a_retry_killed_before_its_outcome_changes_nothing(
    shop: Shop, contracts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(contracts)
    shop.land("acme/sales.csv", SALES)
    shop.ingest()
    write(contracts, limit=50)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ingest.load.retry.outcomes.write", killed)
        with pytest.raises(KeyboardInterrupt):
            retry.retry(shop.home, load_all())
    assert shop.rows("select count(*) from bronze.pos_receipt_line") == [(1,)]
    (one,) = retry.retry(shop.home, load_all())
    assert one.outcome.rows_kept == 2
    assert len(list(shop.home.bronze.glob("*/*.parquet"))) == 1
