"""Dashboard questions on the published version against the same answers from the facts.

Marts exist so that a chart reads few rows: the ratio says how much that saves. Asked through the
locked-down connection that dashboards use.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

from baokuan.home import Home
from serving.connect import connect
from serving.versions import NothingPublished

ROUNDS = 15
# title → (question on the marts, the same from the facts)
QUESTIONS = {
    "the board, best first": (
        "select skc_id, score, level, action, cum_net_units, net_units_7d from hits.board "
        "order by score desc nulls last limit 50",
        "select skc_id, sum(sale_units) as units, sum(sale_units) filter "
        "(where sale_date > (select max(sale_date) from core.fct_sale_line) - 7) as week "
        "from core.fct_sale_line where not is_excluded group by 1 order by 2 desc limit 50",
    ),
    "life-cycle curve of one SKC": (
        "select as_of_date, cum_net_units from hits.daily where skc_id = "
        "(select min(skc_id) from hits.board) order by 1",
        "select sale_date, sum(sum(sale_units)) over (order by sale_date) from core.fct_sale_line "
        "where skc_id = (select min(skc_id) from hits.board) group by 1 order by 1",
    ),
    "sell-through against weeks of supply": (
        "select skc_id, sell_through_rate, weeks_of_supply from hits.board",
        "with sold as (select skc_id, sum(sale_units) as units from core.fct_sale_line group by 1),"
        " stock as (select skc_id, sum(onhand_units) as units from core.fct_stock_interval "
        "where valid_to = date '9999-12-31' group by 1) "
        "select skc_id, sold.units / nullif(sold.units + stock.units, 0.0), stock.units "
        "from sold left join stock using (skc_id)",
    ),
}


def main(size: float) -> int:
    try:
        con = connect(Home.from_env())
    except NothingPublished as error:
        print(f"  {error}")
        return 1
    for title, (mart, facts) in QUESTIONS.items():
        fast, slow = timed(con, mart), timed(con, facts)
        print(
            f"  {title}: {fast * 1000:.1f} ms on the mart, {slow * 1000:.1f} ms from the facts; "
            f"ratio {fast / slow:.2f}"
        )
    return 0


def timed(con: Any, sql: str) -> float:
    """Median seconds to the last row."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        con.cursor().execute(sql).fetchall()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
