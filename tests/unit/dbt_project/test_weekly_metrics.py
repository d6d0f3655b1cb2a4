"""The weekly marts on given rows: both return bases, half weeks, last year's same week, stock."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.hits.harness import Warehouse

AS_OF = date(2026, 10, 29)  # the Thursday of ISO week 44
LAST_YEAR = date(2025, 10, 30)  # the Thursday of ISO week 44
MODELS = "path:models/intermediate/metrics sales_week stock_week int_config__threshold"


class Weeks(Warehouse):
    """A warehouse whose calendar has retail weeks."""

    def _write_dates(self, con: duckdb.DuckDBPyConnection) -> None:
        super()._write_dates(con)
        con.execute(
            "update core.dim_date set retail_week = "
            "cast(isoyear(date_day) * 100 + weekofyear(date_day) as varchar)"
        )

    def sale(self, day: date, units: int = 1, **values: Any) -> dict[str, Any]:
        number = len(self.tables["fct_sale_line"])
        given = {
            "sale_line_id": f"s{number}", "channel_id": "store", "channel_group": "store",
            "region": "华南", "skc_id": "A/1", "sale_date": day, "sale_units": units,
            "sale_amt": units * 113, "vat_amt": units * 13, "cogs_amt": units * 40,
            "closes_on": day + timedelta(days=7),
        }  # fmt: skip
        return self.add("fct_sale_line", **given | values)

    def back(self, sale: dict[str, Any], day: date, units: int = 1, **values: Any) -> None:
        kept = ("sale_line_id", "channel_id", "channel_group", "region", "skc_id", "sale_date")
        given = {
            "return_line_id": f"r{len(self.tables['fct_return_line'])}", "post_date": day,
            "ret_units": units, "ret_amt": units * 113, "ret_vat_amt": units * 13,
            "ret_cogs_amt": units * 40,
        }  # fmt: skip
        self.add("fct_return_line", **{name: sale[name] for name in kept} | given | values)

    def stock(self, store: str, units: int, since: date, until: date | None = None) -> None:
        ends = {"valid_to": until} if until else {}
        self.add(
            "fct_stock_interval", store_code=store, sku_id="A/1/M", skc_id="A/1", valid_from=since,
            onhand_units=units, avail_units=units, **ends,
        )  # fmt: skip


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    made = Weeks(Path(tmp_path_factory.mktemp("weeks")), AS_OF)
    made.add("dim_skc", skc_id="A/1", category_l1="上装")
    made.add("dim_channel", channel_id="store", channel_group="store", name_zh="门店", name_en="S")
    made.add("dim_channel", channel_id="tmall", channel_group="online", name_zh="天猫", name_en="T")
    made.add("dim_store", store_code="S1", region="华南")
    made.add("dim_store", store_code="DC", region="华东", location_type="dc")
    made.sale(date(2025, 1, 1))  # the history begins on a Wednesday

    made.sale(LAST_YEAR - timedelta(days=3), 10)  # Monday
    late = made.sale(LAST_YEAR, 4)
    made.back(late, LAST_YEAR + timedelta(days=1))  # Friday: not yet passed this year
    made.sale(LAST_YEAR + timedelta(days=2), 100)  # Saturday, likewise

    old = made.sale(AS_OF - timedelta(days=10), 6)  # week 43
    made.back(old, AS_OF - timedelta(days=1), 2)
    made.sale(AS_OF - timedelta(days=2), 20)
    made.sale(AS_OF, 5, cogs_amt=None)
    made.sale(AS_OF, 9, is_excluded=True)
    made.sale(AS_OF + timedelta(days=1), 50)  # the running day is nobody's week
    made.sale(
        AS_OF - timedelta(days=8), 8, channel_id="tmall", channel_group="online", region=None,
        cancel_units=2, cancelled_date=AS_OF,
    )  # fmt: skip

    made.stock("S1", 30, date(2025, 1, 1), AS_OF - timedelta(days=4))  # up to Sunday, week 43
    made.stock("S1", 12, AS_OF - timedelta(days=4))
    made.stock("DC", 500, AS_OF)
    made.stock("DC", 999, AS_OF + timedelta(days=1))
    made.run(select=MODELS)
    return made


def sums(weeks: Weeks, week: str, *columns: str, where: str = "true") -> list[Any]:
    wanted = ", ".join(f"sum({column}) as c{n}" for n, column in enumerate(columns))
    sql = f"select {wanted} from metrics.sales_week where retail_week = '{week}' and {where}"
    return list(weeks.rows(sql)[0].values())


def test_a_return_counts_on_the_day_it_is_posted_or_on_the_day_of_sale(weeks: Weeks) -> None:
    store = "channel_id = 'store'"
    columns = ("sale_units_post", "ret_units_post", "ret_units_coh", "net_amt_post", "net_amt_coh")
    assert sums(weeks, "202644", *columns, where=store) == [25, 2, 0, 23 * 113, 25 * 113]
    assert sums(weeks, "202643", *columns, where=store) == [6, 0, 2, 6 * 113, 4 * 113]


def test_a_cancellation_leaves_on_its_own_day_or_on_the_day_of_sale(weeks: Weeks) -> None:
    online = "channel_id = 'tmall'"
    both = ("sale_units_post", "sale_units_coh", "sale_amt_post")
    assert sums(weeks, "202644", *both, where=online) == [-2, 0, -226]
    assert sums(weeks, "202643", *both, where=online) == [8, 6, 904]


def test_last_year_counts_only_the_days_that_have_passed(weeks: Weeks) -> None:
    found = sums(weeks, "202644", "sale_units_ly", "ret_units_ly", "net_amt_ly", "net_amt_growth")
    assert found == [14, 0, 14 * 113, (23 - 2 - 14) * 113]
    whole = sums(weeks, "202643", "net_amt_ly", "net_amt_growth")
    assert whole == [0, 14 * 113]


def test_without_a_whole_week_last_year_there_is_nothing_to_compare_with(weeks: Weeks) -> None:
    assert sums(weeks, "202544", "net_amt_ly", "net_amt_growth") == [None, None]
    week = weeks.rows("select * from intermediate.int_metrics__day where last_year_week = '202501'")
    assert week == []  # the history began in the middle of it


def test_a_margin_needs_a_cost(weeks: Weeks) -> None:
    """20 sold and 2 returned at 100 less 40; 5 without a cost are in neither part."""
    found = sums(weeks, "202644", "margin_amt_post", "exvat_amt_post", where="region is not null")
    assert found == [18 * 60, 18 * 100]


def test_a_return_rate_is_judged_on_closed_sales(weeks: Weeks) -> None:
    """Week 43: six pieces of a store whose window is over, eight online ones too, two cancelled."""
    assert sums(weeks, "202643", "closed_units", "closed_ret_units") == [12, 2]
    assert sums(weeks, "202644", "closed_units", "closed_ret_units") == [0, 0]


def test_stock_is_that_of_the_week_s_last_day(weeks: Weeks) -> None:
    found = weeks.rows(
        "select retail_week, location_group, region, avail_units, net_units_28d, weekly_net_units "
        "from metrics.stock_week where weeks_ago <= 1 order by 1, 2"
    )
    assert [tuple(row.values()) for row in found] == [
        ("202643", "central", None, 0, 8, Decimal("2.00")),
        ("202643", "store", "华南", 12, 6, Decimal("1.50")),
        ("202644", "central", None, 500, 6, Decimal("1.50")),
        ("202644", "store", "华南", 12, 29, Decimal("7.25")),
    ]
    before = weeks.rows("select avail_units from metrics.stock_week where retail_week = '202642'")
    assert sorted(row["avail_units"] for row in before) == [0, 30]
