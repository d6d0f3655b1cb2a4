"""The core tables in memory, grouped for looking up. No indicator is computed here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import duckdb

DAY = timedelta(days=1)
Row = dict[str, Any]


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    cursor = con.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def grouped(items: Iterable[Row], *keys: str) -> dict[Any, list[Row]]:
    out: dict[Any, list[Row]] = defaultdict(list)
    for item in items:
        out[item[keys[0]] if len(keys) == 1 else tuple(item[k] for k in keys)].append(item)
    return out


class Facts:
    """Core facts, dimensions, configured core runs and thresholds of a built warehouse."""

    def __init__(self, con: duckdb.DuckDBPyConnection, skcs: set[str] | None = None) -> None:
        """``skcs``: only these style-colours are looked at (their peers must be among them)."""
        chosen = "true"
        if skcs is not None:
            con.execute(
                "create or replace temp table chosen_skc as select unnest(?) as skc_id",
                [sorted(skcs)],
            )
            chosen = "skc_id in (select skc_id from chosen_skc)"
        pairs = rows(con, "select name, value from intermediate.int_config__threshold")
        self.t = {r["name"]: float(r["value"]) for r in pairs}
        self.as_of: date = rows(con, "select as_of_date from bronze._run")[0]["as_of_date"]
        self.skc = {r["skc_id"]: r for r in rows(con, "select * from core.dim_skc")}
        self.stores = {r["store_code"]: r for r in rows(con, "select * from core.dim_store")}
        self.suppliers = {
            r["supplier_code"]: r for r in rows(con, "select * from core.dim_supplier")
        }
        self.sizes = grouped(rows(con, "select * from core.dim_sku"), "skc_id")
        counted = "not is_excluded and not is_gift and sale_units > 0"
        self.sales = grouped(
            rows(con, f"select * from core.fct_sale_line where {counted} and {chosen}"), "skc_id"
        )
        self.returns = grouped(
            rows(
                con,
                "select * from core.fct_return_line where not is_excluded and ret_units <> 0"
                f" and {chosen}",
            ),
            "skc_id",
        )
        stock = rows(con, f"select * from core.fct_stock_interval where {chosen}")
        self.stock = grouped(stock, "skc_id")
        self.stock_in = grouped(stock, "skc_id", "store_code")
        self.moves = grouped(
            rows(con, f"select * from core.fct_stock_move where recv_units <> 0 and {chosen}"),
            "skc_id",
        )
        trips = rows(
            con,
            "select sent.doc_no, sent.counter_store_code as origin, sent.store_code as place,"
            " sent.skc_id, sent.transit_units as units, sent.move_date as sent,"
            " came.move_date as came from core.fct_stock_move as sent"
            " left join core.fct_stock_move as came on came.doc_no = sent.doc_no"
            " and came.line_no = sent.line_no and came.leg = 'in'"
            " where sent.leg = 'way' and sent.transit_units > 0",
        )
        self.trips = grouped(trips, "skc_id", "place")
        self.journeys = {
            (r["doc_no"], r["origin"], r["place"], (r["came"] - r["sent"]).days, r["came"])
            for r in trips
            if r["came"] is not None and r["came"] >= r["sent"]
        }
        self.usual: dict[tuple[str, str, int], int | None] = {}
        self.orders = grouped(rows(con, f"select * from core.fct_po_line where {chosen}"), "skc_id")
        self.presale = grouped(rows(con, "select * from core.fct_presale"), "skc_id")
        plan = grouped(rows(con, "select skc_id, store_code from core.fct_store_plan"), "skc_id")
        self.plan = {skc: {r["store_code"] for r in planned} for skc, planned in plan.items()}
        events = "event in ('pdp_view', 'add_cart') and not is_bot and not is_staff"
        self.events = grouped(
            rows(con, f"select * from core.fct_event where {events} and {chosen}"), "skc_id"
        )
        self.late = {
            (r["store_code"], r["biz_date"])
            for r in rows(
                con, "select * from core.fct_arrival where is_expected and not is_arrived"
            )
        }
        self.zone = {
            r["climate_zone"]: r["zone_group"]
            for r in rows(con, "select * from seeds.core_run_zones")
        }
        self.core_runs = rows(con, "select * from seeds.core_runs")
        # purchases of identified people, for repurchase: person -> day -> style-colour -> lines
        self.people: dict[str, dict[date, dict[str, list[Row]]]] = defaultdict(
            lambda: defaultdict(lambda: defaultdict(list))
        )
        buying = rows(
            con,
            "select sale_line_id, one_id, skc_id, sale_date, sale_units, cancel_units,"
            " cancelled_date"
            f" from core.fct_sale_line where {counted} and one_id is not null",
        )
        for line in buying:
            self.people[line["one_id"]][line["sale_date"]][line["skc_id"]].append(line)
        self.buyers: dict[str, set[str]] = defaultdict(set)
        for line in buying:
            self.buyers[line["skc_id"]].add(line["one_id"])
        self.returns_of = grouped(
            rows(con, "select sale_line_id, post_date, ret_units from core.fct_return_line"
                      " where not is_excluded and ret_units > 0 and sale_line_id is not null"),
            "sale_line_id",
        )  # fmt: skip

    def shops(self) -> dict[str, Row]:
        """Shops and pop-ups that send sales (rule D8)."""
        return {
            code: info
            for code, info in self.stores.items()
            if (info["location_type"] or "store") in ("store", "popup")
            and info["has_pos"] in (None, True)
        }

    def is_open(self, store: str, day: date) -> bool:
        info = self.stores[store]
        return (info["open_date"] is None or info["open_date"] <= day) and (
            info["close_date"] is None or day <= info["close_date"]
        )

    def eligible(self, skc: str, day: date) -> set[str]:
        """Shops open that day and in the plan of the style-colour, all where it has none (D7)."""
        planned = self.plan.get(skc)
        return {
            s for s in self.shops() if self.is_open(s, day) and (planned is None or s in planned)
        }

    def covered(self, skc: str, day: date) -> set[str]:
        """Eligible shops whose file of the day has arrived."""
        return {s for s in self.eligible(skc, day) if (s, day) not in self.late}

    def units(self, skc: str, store: str, day: date, *columns: str) -> int:
        """Pieces at the close of a day, summed over sizes and the named columns."""
        return sum(
            r[c]
            for r in self.stock_in.get((skc, store), [])
            if r["valid_from"] <= day < r["valid_to"]
            for c in columns
        )

    def longest(self, origin: str, place: str, sent: date) -> int | None:
        """Days on the way that all but the slowest journeys of the year before needed."""
        quarter = sent.year * 4 + (sent.month - 1) // 3
        key = (origin, place, quarter)
        if key not in self.usual:
            year = [
                (days, here == origin and there == place)
                for _, here, there, days, came in self.journeys
                if 1 <= quarter - (came.year * 4 + (came.month - 1) // 3) <= 4
            ]
            lane = sorted(days for days, is_lane in year if is_lane)
            every = sorted(days for days, _ in year)
            least = self.t["transit_min_receipts"]
            chosen = lane if len(lane) >= least else every if len(every) >= least else []
            self.usual[key] = next(
                (
                    days
                    for n, days in enumerate(chosen, 1)
                    if n >= self.t["transit_rank"] * len(chosen)
                ),
                None,
            )
        return self.usual[key]

    def aged(self, skc: str, store: str, day: date) -> int:
        """Pieces longer on their way to a store than is usual."""
        units = 0
        for trip in self.trips.get((skc, store), []):
            limit = self.longest(trip["origin"], store, trip["sent"])
            over = limit is not None and trip["sent"] + timedelta(days=limit) < day
            if over and (trip["came"] is None or day < trip["came"]):
                units += trip["units"]
        return units

    def size_units(self, skc: str, store: str, day: date, *columns: str) -> dict[str, int]:
        """Pieces at the close of a day by size code."""
        code = {s["sku_id"]: s["size_code"] for s in self.sizes[skc]}
        out: dict[str, int] = defaultdict(int)
        for r in self.stock_in.get((skc, store), []):
            if r["valid_from"] <= day < r["valid_to"]:
                out[code[r["sku_id"]]] += sum(r[c] for c in columns)
        return out
