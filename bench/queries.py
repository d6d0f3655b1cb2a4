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
    "units and amount a day, all SKCs": (
        "select sale_date, sum(sale_units), sum(sale_amt) from hits.daily group by 1 order by 1",
        "select sale_date, sum(sale_units), sum(sale_amt) from core.fct_sale_line "
        "where not is_excluded group by 1 order by 1",
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
