"""Published figures of core equal the simulator's truth: every unit, amount, return, stock cell.

Each comparison lists the rows in which the two sides differ; it must be empty. Two seeds.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from orchestration.runner import Report
from tests.integration.conftest import Retailer, Simulated
from tests.integration.warehouses import build, land

SALES = """
select
    case when source = 'pos' then sale_line_id else order_id || '|' || line_no end as sale_key,
    sku_id, sale_date, cancelled_date, sum(sale_units + gift_units) as units,
    sum(sale_amt) as amount, sum(tag_amt) as tag, max(unit_cost) as cost,
    sum(case when unit_cost is null then 1 else 0 end) > 0 as no_cost,
    bool_or(is_presale) as presale, bool_or(is_gift) as gift, bool_or(is_staff) as staff,
    bool_or(is_reseller) as reseller, bool_or(is_excluded) as excluded,
    max(ship_store_code) as shipper, max(store_code) as store
from core.fct_sale_line
group by all
"""
TRUE_SALES = """
select
    sale_key, sku_id, sale_date, cancelled_date, sum(sale_units) as units,
    sum(sale_amt) as amount,
    sum(case when is_gift then 0 when sku_id like '?/%' and source = 'ec' then null
        else tag_amt end) as tag,
    max(unit_cost) as cost, sum(case when unit_cost is null then 1 else 0 end) > 0 as no_cost,
    bool_or(is_presale) as presale, bool_or(is_gift) as gift, bool_or(is_staff) as staff,
    bool_or(is_reseller) as reseller, bool_or(is_gift or is_staff) as excluded,
    max(ship_store_code) as shipper, max(store_code) as store
from truth.sale_lines where fate = 'published'
group by all
"""
RETURNS = """
select
    case when source = 'pos' then split_part(return_line_id, '|', 1) || '|'
            || split_part(return_line_id, '|', 3) || '|1'
        else split_part(return_line_id, '|', 1) || '|' || split_part(return_line_id, '|', 3)
    end as return_key,
    case when source = 'pos' then sale_line_id
        else order_id || '|' || split_part(sale_line_id, '|', 3) end as sale_key,
    sku_id, post_date, ret_units, ret_amt, is_orphan, is_presale, exch_units > 0 as exchanged,
    is_resalable, boris_units > 0 as boris, return_store_code as store
from core.fct_return_line where ret_units <> 0
"""
TRUE_RETURNS = """
select
    return_key, case when not is_orphan then sale_key end as sale_key, sku_id, post_date,
    ret_units, ret_amt, is_orphan, is_presale, is_exchange as exchanged, is_resalable,
    is_boris as boris, case when source = 'pos' or is_boris then return_store_code end as store
from truth.return_lines where fate = 'published'
"""
# The cohort day of a return. Of a line that travelled in several parcels the papers only say which
# line came back, not which parcel: the day of any of its parcels is right.
COHORTS = """
with part as (
    select sale_key, count(distinct sale_date) as days
    from truth.sale_lines where sale_key is not null group by sale_key
)
select ours.return_key, ours.sale_date, actual.sale_date
from (select case when source = 'pos' then split_part(return_line_id, '|', 1) || '|'
            || split_part(return_line_id, '|', 3) || '|1'
        else split_part(return_line_id, '|', 1) || '|' || split_part(return_line_id, '|', 3)
    end as return_key, sale_date, is_orphan, post_date
    from core.fct_return_line where ret_units <> 0) as ours
join truth.return_lines as actual using (return_key)
left join part on part.sale_key = actual.sale_key
where case
    when ours.is_orphan then ours.sale_date <> ours.post_date
    when part.days > 1 then not exists (
        select 1 from truth.sale_lines as s
        where s.sale_key = actual.sale_key and s.sale_date = ours.sale_date)
    else ours.sale_date <> actual.sale_date
end
"""
STOCK = """
select store_code, sku_id, cast(d.range as date) as day, onhand_units, transit_units
from core.fct_stock_interval
join range(date '2026-07-01', date '2026-11-01', interval 1 day) as d
    on d.range >= valid_from and d.range < valid_to
where onhand_units <> 0 or transit_units <> 0
"""
TRUE_STOCK = """
select store_code, sku_id, cast(d.range as date) as day, onhand_units, transit_units
from truth.stock_day
join range(date '2026-07-01', date '2026-11-01', interval 1 day) as d
    on d.range >= valid_from and (valid_to is null or d.range < valid_to)
where onhand_units <> 0 or transit_units <> 0
"""
PRESALE = """
select order_id, sku_id, presale_units, deposit_date, balance_date, cancelled_date, shipped_date,
    shipped_units from core.fct_presale
"""
TRUE_PRESALE = """
select platform || '|' || order_no as order_id, sku_id, presale_units, deposit_date, balance_date,
    cancelled_date, shipped_date, shipped_units from truth.presale
"""
# A monthly file has a line's last state: a promise overwritten within the month is not in it.
PURCHASES = """
select po_no, line_no, po_type, sku_id, ordered_units, received_units, cancelled_units, order_date,
    case when order_date >= date '2026-10-18' then first_promised_date end as promised
from core.fct_po_line
"""
TRUE_PURCHASES = PURCHASES.replace("core.fct_po_line", "truth.po")
LAUNCHES = """
select skc_id, launch_status, case when launch_status = 'ok' then launch_date end as launch_date
from core.dim_skc where skc_id not like '?%'
"""
TRUE_LAUNCHES = LAUNCHES.replace("core.dim_skc", "truth.launches")
REFUNDS = """
select return_doc_id || '|' || split_part(return_line_id, '|', 3) as refund, refund_only_amt
from core.fct_return_line where refund_only_amt <> 0
"""
TRUE_REFUNDS = """
select platform || '|' || order_no || '|' || refund_no as refund, refund_amt
from truth.refunds where not is_cancellation
"""


def built(made: Path, home: Home) -> Home:
    """The warehouse up to core, of a retailer that nobody else looks at."""
    before = dict(os.environ)
    land(home, made / "landing")
    shutil.copytree(made / "config", home.root / "config")
    try:
        build(home)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return home


@pytest.fixture(scope="module", params=[7, 23])
def books(
    request: pytest.FixtureRequest,
    published: tuple[Retailer, Report],
    simulated: Simulated,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with the truth beside it: of the published retailer, and of another seed."""
    made = simulated(request.param)
    home = published[0].home
    if request.param != 7:
        home = built(made, Home(tmp_path_factory.mktemp("truth") / "home"))
    with duckdb.connect() as con:
        con.execute(f"attach '{home.warehouse}' as warehouse (read_only)")
        con.execute("create schema truth")
        for path in (made / "truth").glob("*.parquet"):
            con.execute(f"create view memory.truth.{path.stem} as from '{path}'")
        con.execute("set search_path = 'memory,warehouse'")
        yield con


def differing(con: duckdb.DuckDBPyConnection, ours: str, actual: str, limit: int = 5) -> list:
    """Rows that only one side has; also proves that there was something to compare."""
    ours, actual = (sql.replace("core.", "warehouse.core.") for sql in (ours, actual))
    assert con.execute(f"select count(*) from ({actual})").fetchall()[0][0] > 0
    found = []
    for name, one, other in (("ours", ours, actual), ("truth", actual, ours)):
        rows = con.execute(
            f"from ({one}) except all from ({other}) order by all limit {limit}"
        ).fetchall()
        found += [(name, *row) for row in rows]
    return found


@pytest.mark.parametrize(
    ("ours", "actual"),
    [
        pytest.param(SALES, TRUE_SALES, id="sales"),
        pytest.param(RETURNS, TRUE_RETURNS, id="returns"),
        pytest.param(STOCK, TRUE_STOCK, id="stock by store, SKU and day"),
        pytest.param(PRESALE, TRUE_PRESALE, id="presale"),
        pytest.param(PURCHASES, TRUE_PURCHASES, id="purchases"),
        pytest.param(LAUNCHES, TRUE_LAUNCHES, id="launches"),
        pytest.param(REFUNDS, TRUE_REFUNDS, id="money refunded without goods"),
    ],
)
def test_core_equals_truth(books: duckdb.DuckDBPyConnection, ours: str, actual: str) -> None:
    assert differing(books, ours, actual) == []


def test_returns_belong_to_the_day_of_their_sale(books: duckdb.DuckDBPyConnection) -> None:
    assert books.execute(COHORTS.replace("core.", "warehouse.core.")).fetchall() == []


def test_snapshots_are_explained_by_the_ledger(books: duckdb.DuckDBPyConnection) -> None:
    rows, wrong = books.execute(
        "select count(*), count(*) filter (where unexplained_units <> 0) "
        "from warehouse.core.fct_stock_check"
    ).fetchall()[0]
    assert rows > 0 and wrong == 0


def test_one_id_never_joins_strangers(books: duckdb.DuckDBPyConnection) -> None:
    """People under one id have the same phone (a family's): nothing else joins them."""
    strangers = books.execute(
        """
        with line as (
            select case when source = 'pos' then sale_line_id else order_id || '|' || line_no end
                as sale_key, one_id
            from warehouse.core.fct_sale_line where one_id is not null
        )
        select line.one_id, count(distinct people.phone)
        from line
        join truth.sale_lines as sold using (sale_key)
        join truth.people as people using (person_id)
        group by line.one_id having count(distinct people.phone) > 1
        """
    ).fetchall()
    assert strangers == []


def test_store_purchases_of_a_card_have_its_person(books: duckdb.DuckDBPyConnection) -> None:
    lost = books.execute(
        """
        select count(*) from warehouse.core.fct_sale_line as ours
        join truth.sale_lines as sold on sold.sale_key = ours.sale_line_id
        join truth.people as people using (person_id)
        where ours.source = 'pos' and people.member_no is not null and ours.one_id is null
        """
    ).fetchall()
    assert lost == [(0,)]
