"""Which store or feed should have sent what for a business day, and has not (mess M13, M19).

Belongs here: what is expected and why, from the stores' opening days and from what used to come.
What a missing file blocks is decided by the models.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from baokuan.home import Home
from ingest import outcomes
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.sql import ident

HISTORY = 28  # days before that show what usually comes
USUAL = 0.8  # share of them from which something is expected
WEEKS = 4

Presence = dict[str, set[date]]  # store → days


@dataclass(frozen=True)
class Arrival:
    """One thing that should come for one business day."""

    day: date
    feed: str
    store: str  # empty: one file for the whole company
    state: str  # arrived, empty, missing, blocked, held
    why: str


@dataclass(frozen=True)
class _Store:
    opened: date | None
    closed: date | None
    name: str

    def is_open(self, day: date) -> bool:
        return (self.opened or day) <= day and (self.closed is None or day < self.closed)


def matrix(home: Home, contracts: list[Contract], first: date, last: date) -> list[Arrival]:
    """Everything expected from ``first`` to ``last``, by day, feed and store."""
    everything = outcomes.read_all(home)
    canonical = [contract for contract in contracts if contract.source is None]
    stores = _stores(home, everything)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    result: list[Arrival] = []
    for contract in canonical:
        mine = [o for o in everything if o.feed == contract.feed and o.status != "duplicate"]
        if not any(o.status in ("loaded", "empty", "held") for o in mine):
            continue
        if (column := _store_column(contract)) is not None:
            there = _presence(home, contract, column, mine, first, stores)
            for day in days:
                result += _stores_of_day(contract, day, mine, there, stores)
        else:
            for day in days:
                result += _company(contract, day, mine)
    return sorted(result, key=lambda a: (a.day, a.feed, a.store))


def _store_column(contract: Contract) -> str | None:
    """The column that says which store a row is of, where stores report day by day."""
    if contract.snapshot.get("location"):
        return str(contract.snapshot["location"])
    by_store = contract.mode in ("delta", "snapshot") and "store_code" in contract.key
    return "store_code" if by_store and contract.business_date else None


def _stores(home: Home, everything: list[Outcome]) -> dict[str, _Store]:
    """Own stores that send POS files, by the latest list of locations."""
    paths = [
        str(home.root / o.bronze_path)
        for o in everything
        if o.feed == "erp_location" and o.bronze_path and o.status == "loaded"
    ]
    days = [(o.file_id, o.file_date) for o in everything if o.feed == "erp_location"]
    if not paths:
        return {}
    with duckdb.connect(":memory:") as con:
        con.execute("create table _day (file_id varchar, day date)")
        con.executemany("insert into _day values (?, ?)", days)
        rows = con.execute(
            "select store_code, open_date, close_date, coalesce(store_name, '') from "
            "(select * from read_parquet(?) l join _day d on d.file_id = l._file_id "
            "qualify row_number() over (partition by store_code order by d.day desc nulls last, "
            "_content_hash) = 1) where coalesce(location_type, 'store') in ('store', 'popup') "
            "and coalesce(ownership, 'own') = 'own' and coalesce(pos_installed, true)",
            [paths],
        ).fetchall()
    return {code: _Store(opened, closed, name) for code, opened, closed, name in rows}


def _presence(
    home: Home, contract: Contract, column: str, mine: list[Outcome], first: date,
    stores: dict[str, _Store],
) -> Presence:  # fmt: skip
    """Days for which each store has sent rows, or a file without rows."""
    there: Presence = defaultdict(set)
    low = first - timedelta(HISTORY)
    paths = [
        str(home.root / o.bronze_path)
        for o in mine
        if o.bronze_path and o.status == "loaded" and (o.file_date or "9") >= low.isoformat()
    ]
    if paths and contract.business_date:
        day = f"({ident(contract.business_date)} - interval {contract.cutoff_minutes} minute)::date"
        if contract.column(contract.business_date).type == "date":
            day = ident(contract.business_date)
        with duckdb.connect(":memory:") as con:
            for store, on in con.execute(
                f"select distinct {ident(column)}, {day} from read_parquet(?) where {day} >= ?",
                [paths, low],
            ).fetchall():
                if store is not None and on is not None:
                    there[store].add(on)
    for outcome in mine:  # a file named after a store that is known speaks for its day
        known = outcome.file_seq in there or outcome.file_seq in stores
        if known and outcome.file_date and outcome.status in ("loaded", "empty"):
            there[str(outcome.file_seq)].add(date.fromisoformat(outcome.file_date))
    return there


def _before(days: set[date], day: date) -> int:
    return sum(1 for n in range(1, HISTORY + 1) if day - timedelta(n) in days)


def _stores_of_day(
    contract: Contract, day: date, mine: list[Outcome], there: Presence, stores: dict[str, _Store]
) -> list[Arrival]:
    """Every store that should report on a day, and whether it did."""
    report_daily = [s for s, days in there.items() if _before(days, day) >= HISTORY * USUAL]
    shares = [
        _before(there.get(code, set()), day) / HISTORY
        for code, store in stores.items()
        if store.is_open(day - timedelta(HISTORY)) and store.is_open(day)
    ]
    daily = sorted(shares)[len(shares) // 2] >= USUAL if shares else False
    today = {store for store, days in there.items() if day in days}
    result = []
    for code in sorted({*stores, *report_daily, *today}):
        store, days = stores.get(code), there.get(code, set())
        seen = _before(days, day)
        usual = f"reported on {seen} of the {HISTORY} days before"
        never = seen == 0 and store is not None and store.is_open(day - timedelta(HISTORY))
        if never and day not in days:
            continue  # such a store has no counter, no till of its own …
        if store is not None and store.is_open(day) and (daily or seen >= HISTORY * USUAL):
            why = "open own store"
            why += f" since {store.opened}" if store.opened else ""
            why += f", {usual}"
        elif store is None and seen >= HISTORY * USUAL:
            why = f"not in the list of locations, but {usual}"
        elif day in days:
            why = "not expected, has come"
        else:
            continue
        result.append(_judged(contract.feed, day, code, day in days, why, mine))
    return result


def _judged(
    feed: str, day: date, store: str, arrived: bool, why: str, mine: list[Outcome]
) -> Arrival:
    """The state of something expected: a file that is there but not loaded says why."""
    named = [
        o
        for o in mine
        if o.file_date == day.isoformat() and (not store or o.file_seq in (store, None))
    ]
    stuck = [o for o in named if o.status in ("blocked", "held")]
    if arrived:
        empty = all(o.status == "empty" for o in named) and bool(named)
        return Arrival(day, feed, store, "empty" if empty else "arrived", why)
    if stuck:
        reason = f"{stuck[-1].source}: {stuck[-1].reason}"
        return Arrival(day, feed, store, stuck[-1].status, f"{why}; {reason}")
    return Arrival(day, feed, store, "missing", why)


def _company(contract: Contract, day: date, mine: list[Outcome]) -> list[Arrival]:
    """A feed of one file a day or a week."""
    days = {
        date.fromisoformat(o.file_date)
        for o in mine
        if o.file_date and o.status in ("loaded", "empty")
    }
    seen = _before(days, day)
    weekly = sum(1 for n in range(1, WEEKS + 1) if day - timedelta(7 * n) in days)
    if seen >= HISTORY * USUAL:
        why = f"came on {seen} of the {HISTORY} days before"
    elif weekly >= WEEKS - 1 and seen <= WEEKS + 1:
        why = f"came on {weekly} of the last {WEEKS} {day:%A}s"
    elif day in days:
        why = "not expected, has come"
    else:
        return []
    return [_judged(contract.feed, day, "", day in days, why, mine)]
