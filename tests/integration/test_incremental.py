"""An incremental build equals a full refresh, row for row, whatever came late, twice or corrected.

Each step lands some files or changes a setting, builds incrementally, and compares every table of
core with the same build made anew. Run ids (``_batch``) aside, nothing may differ.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from baokuan.home import Home
from ingest import outcomes
from orchestration.runner import Report
from tests.integration.conftest import Retailer, Simulated
from tests.integration.tables import differing, hashes, row_difference
from tests.integration.warehouses import ask, build, land

LATER = "2026-11-06T06:00:00+08:00"
TOUCHED = {
    "orders and returns": "select count(*) from intermediate.int_touched__order",
    "movement documents": "select count(*) from intermediate.int_touched__stock_doc",
    "stock ledgers": "select count(*) from intermediate.int_touched__stock",
}
WHOLE = {
    "orders and returns": "select count(*) from (select order_id from core.fct_sale_line "
    "union select return_doc_id from core.fct_return_line)",
    "movement documents": "select count(distinct doc_no) from core.fct_stock_move",
    "stock ledgers": "select count(distinct stock_key) from core.fct_stock_interval",
}


@pytest.fixture(scope="module")
def later(simulated: Simulated) -> Path:
    """The exports of the five days after: a return 40 days late, a corrected receipt, a store file
    two days late, a store that opens."""
    return simulated(days=5) / "landing"


@pytest.fixture(scope="module")
def home(
    published: tuple[Retailer, Report], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    before = dict(os.environ)
    home = Home(tmp_path_factory.mktemp("home") / "home")
    shutil.copytree(published[0].home.root, home.root)
    yield home
    os.environ.clear()
    os.environ.update(before)


def of_days(*days: str):
    return lambda path: any(f"_202611{day}_" in path.name for day in days)


def equals_full_refresh(home: Home) -> dict[str, int]:
    """Build incrementally, then anew; the number of keys that the first one touched.

    The tables that stay are those of the full refresh, which is the same thing if the test passes.
    """
    build(home, LATER)
    touched = {name: ask(home, sql)[0][0] for name, sql in TOUCHED.items()}
    ours = hashes(home.warehouse, ["core"])
    kept = home.warehouse.with_name("incremental.duckdb")
    kept.write_bytes(home.warehouse.read_bytes())
    build(home, LATER, full_refresh=True)
    wrong = differing(ours, hashes(home.warehouse, ["core"]))
    assert wrong == {}, "\n".join(row_difference(kept, home.warehouse, name) for name in wrong)
    whole = {name: ask(home, sql)[0][0] for name, sql in WHOLE.items()}
    for name, count in touched.items():
        print(f"{name}: {count} of {whole[name]} touched")
    return touched


def test_five_days_in_any_order_with_restated_prices_merged_members_and_a_bundle(
    home: Home, later: Path
) -> None:
    land(home, later, of_days("01", "03"))
    build(home, LATER)
    ((skc, tag),) = ask(
        home,
        "select skc_id, max(tag_amt / sale_units) from core.fct_sale_line "
        "where sale_units > 0 and style_id <> '?' group by 1 order by count(*) desc, 1 limit 1",
    )
    buyers = ask(
        home,
        "select member_no from core.fct_sale_line join core.dim_member using (one_id) "
        "where member_no is not null group by 1 order by count(*) desc, 1 limit 2",
    )
    old_lines = (
        f"select sum(tag_amt) from core.fct_sale_line where skc_id = '{skc}' "
        "and sale_date between date '2026-07-01' and date '2026-10-15'"
    )
    before = ask(home, old_lines)

    land(home, later, of_days("02", "04", "05"))
    restate_price(home, skc, float(tag) + 50)
    merge_members(home, old=buyers[1][0], into=buyers[0][0])
    unknown = list_bundle(home)
    touched = equals_full_refresh(home)

    assert ask(home, old_lines)[0][0] > before[0][0]
    gone = f"select count(*) from core.dim_member where member_no = '{buyers[1][0]}'"
    assert ask(home, gone) == [(0,)]
    ((late,),) = ask(
        home,
        "select max(post_date - sale_date) from core.fct_return_line "
        "where post_date > date '2026-10-31' and source = 'pos'",
    )
    assert late >= 40
    opened = "select count(*) from core.dim_store where open_date > date '2026-10-31'"
    assert ask(home, opened) == [(1,)]
    sold = "select count(*) from core.fct_sale_line where {}"
    ((parts,),) = ask(home, sold.format(f"bundle_code = '{unknown}'"))
    assert parts and ask(home, sold.format(f"sku_id = '?/{unknown}'")) == [(0,)]
    assert 0 < touched["orders and returns"] < ask(home, WHOLE["orders and returns"])[0][0] / 2


def list_bundle(home: Home) -> str:
    """A barcode that nobody knew turns out to be a set of two things; gives it."""
    codes = "select barcode from core.dim_barcode where sku_id {} '?%' order by 1 limit {}"
    goods = [row[0] for row in ask(home, codes.format("not like", 2))]
    ((unknown,),) = ask(home, codes.format("like", 1))
    rows = [f"{unknown},{barcode},{pieces},0.5" for pieces, barcode in enumerate(goods, 1)]
    (home.landing / "ec" / "ec_bundle_full_20261105_9.csv").write_text(
        "\n".join(["套餐编码,条码,件数,分摊比例", *rows]) + "\n", encoding="utf-8"
    )
    return str(unknown)


def restate_price(home: Home, skc: str, tag: float) -> None:
    """A price list issued today that is dated back four months."""
    style, colour = skc.split("/")
    (home.landing / "erp" / "erp_price_full_20261105_9.csv").write_text(
        "价格表,款号,颜色代码,生效日,失效日,吊牌价,零售价,修改时间\n"
        f"标准,{style},{colour},2026-07-01,2026-10-15,{tag},{tag},2026-11-05 09:00:00\n",
        encoding="utf-8",
    )


def merge_members(home: Home, old: str, into: str) -> None:
    """A card that was merged into another one today."""
    (home.landing / "crm" / "crm_member_delta_20261105_9.csv").write_text(
        "会员号,姓名,手机,性别,开卡时间,状态,合并至,修改时间\n"
        f"{old},,,女,2025-01-01 10:00:00,合并,{into},2026-11-05 09:00:00\n",
        encoding="utf-8",
    )


def test_a_file_held_back_and_released_leaves_no_trace(home: Home) -> None:
    before = hashes(home.warehouse, ["core"])
    file = ask(
        home,
        "select file_id from bronze._file where feed = 'pos_receipt_line' "
        "and file_date = date '2026-10-30' order by 1 limit 1",
    )[0][0]
    outcomes.set_held(home, [file], "a gate failed")
    build(home, LATER)
    without = hashes(home.warehouse, ["core"])
    assert without["core.fct_sale_line"] != before["core.fct_sale_line"]
    outcomes.release(home, [file])
    build(home, LATER)
    assert differing(hashes(home.warehouse, ["core"]), before) == {}


def test_codes_and_thresholds_changed(home: Home) -> None:
    """A setting may change any old row: an unknown barcode gets its SKU, a store its new code."""
    ((barcode,),) = ask(
        home, "select min(barcode) from core.dim_barcode where sku_id not like '?%'"
    )
    ((unknown,),) = ask(home, "select min(barcode) from core.dim_barcode where sku_id like '?%'")
    sold = "select {0} from core.fct_sale_line where style_id <> '?' group by 1 order by 1 limit 6"
    skcs = [row[0] for row in ask(home, sold.format("skc_id"))][-2:]
    styles = [row[0] for row in ask(home, sold.format("style_id"))][:2]
    (home.root / "config" / "code_map.csv").write_text(
        f"kind,old_code,new_code\nbarcode,{unknown},{barcode}\nstore,S002,S003\n"
        f"skc,{skcs[0]},{skcs[1]}\nstyle,{styles[0]},{styles[1]}\n",
        encoding="utf-8",
    )
    (home.root / "config" / "thresholds.csv").write_text(
        "name,value\nreturn_window_store_days,10\n", encoding="utf-8"
    )
    equals_full_refresh(home)
    left = "select count(*) from core.fct_sale_line where "
    for gone in (
        "store_code = 'S002'", f"sku_id = '?/{unknown}'", f"skc_id = '{skcs[0]}'",
        f"style_id = '{styles[0]}'",
    ):  # fmt: skip
        assert ask(home, left + gone) == [(0,)], gone
