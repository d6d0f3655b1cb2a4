"""The bronze schema: views for every feed, small tables, the retailer's lists."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ingest.bronze import views
from ingest.contract import load_all
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop


def test_every_feed_has_a_typed_view_even_without_files(shop: Shop) -> None:
    expected = {contract.feed: contract.outputs for contract in load_all() if not contract.source}
    with duckdb.connect(":memory:") as con:
        counts = views.register(shop.home, con)
        assert counts == dict.fromkeys(expected, 0)
        for feed, outputs in expected.items():
            shape = con.execute(f"describe bronze.{feed}").fetchall()
            columns = {name: kind for name, kind, *_ in shape}
            assert list(columns.items())[: len(outputs)] == outputs
            assert columns["_file_date"] == "DATE" and columns["_batch"] == "BIGINT"
            assert columns["_content_hash"] == "VARCHAR"
        feeds = con.execute("select count(*), bool_or(is_available) from bronze._feed").fetchone()
        assert feeds == (len(expected), False)
        run = con.execute("select now_at::varchar, as_of_date::varchar from bronze._run").fetchone()
        assert run == ("2026-11-01 06:00:00", "2026-10-31")


def test_views_have_the_same_types_with_files(shop: Shop) -> None:
    contracts = {contract.feed: contract for contract in load_all() if not contract.source}
    shop.land("pos/pos_staff_full_20261031_1.csv", "工号,店仓,入职日\n1,S1,2020-01-02\n")
    shop.ingest()
    with duckdb.connect(":memory:") as con:
        views.register(shop.home, con)
        full = con.execute("describe bronze.pos_staff").fetchall()
        con.execute(views.view_sql(shop.home, contracts["pos_staff"], []))
        assert con.execute("describe bronze.pos_staff").fetchall() == full


def test_the_warehouse_file_is_made_and_renewed(shop: Shop) -> None:
    views.register(shop.home)
    shop.land("pos/pos_staff_full_20261031_1.csv", "工号,店仓\n1,S1\n")
    shop.ingest()
    assert views.register(shop.home)["pos_staff"] == 1
    with duckdb.connect(str(shop.home.warehouse), read_only=True) as con:
        assert con.execute("select count(*) from bronze.pos_staff").fetchone() == (1,)
        assert con.execute("select feed, rows, batch from bronze._file").fetchall() == [
            ("pos_staff", 1, 1)
        ]


def config(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "config" / f"{name}.csv").write_text(text, encoding="utf-8-sig")


def test_the_retailers_lists(shop: Shop, tmp_path: Path) -> None:
    config(tmp_path, "thresholds", "name,value\nhit_score,0.5\n")
    config(tmp_path, "launch_overrides", "skc_id,launch_date\nA/01,2026-01-02\n")
    assert shop.rows("select name, value::varchar from bronze._config_thresholds") == [
        ("hit_score", "0.5000")
    ]
    assert shop.rows("select launch_date::varchar from bronze._config_launch_overrides") == [
        ("2026-01-02",)
    ]
    assert shop.rows("select count(*) from bronze._config_code_map") == [(0,)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,value\nhit_score,much\n", "row 2: column value: 'much' is not a decimal"),
        ("name\nhit_score\n", "row 1: column value is missing"),
    ],
)
def test_a_wrong_list_is_told_with_row_and_column(
    shop: Shop, tmp_path: Path, text: str, message: str
) -> None:
    config(tmp_path, "thresholds", text)
    with pytest.raises(ValueError, match=r"thresholds\.csv") as caught:
        views.register(shop.home, duckdb.connect(":memory:"))
    assert message in str(caught.value)


def test_files_of_an_older_contract_lack_the_columns_that_came_later(shop: Shop) -> None:
    line = "S1,2026-10-31,{},1,690,1,10\n"
    shop.land("pos/pos_receipt_line_delta_20261031_S1.csv", RECEIPT_LINES + line.format("R1"))
    old = shop.one()
    path = shop.home.root / str(old.bronze_path)
    rows = pq.read_table(path)
    pq.write_table(rows.drop_columns(["coupon_amt"]), path)
    record = shop.home.outcomes / f"{old.file_id}.json"
    record.write_text(record.read_text("utf-8").replace(old.contract_version, "0ld"), "utf-8")
    shop.land("pos/pos_receipt_line_delta_20261031_S2.csv", RECEIPT_LINES + line.format("R2"))
    assert shop.one().status == "loaded"
    assert shop.rows(
        "select receipt_no, coupon_amt is null, sale_amt from bronze.pos_receipt_line order by 1"
    ) == [("R1", True, 10), ("R2", True, 10)]
