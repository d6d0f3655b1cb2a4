"""What the rows of a batch change in what was there before: a log, one JSON line a finding.

Belongs here: comparing keys and contents of new files with older ones (mess M7 to M11, M15, M20).
Nothing is decided by it: the models take the latest version of a row, the log says which rows that
concerns. ``state/ops/changes/<batch>.jsonl``; a batch without its log is compared by the next run.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from baokuan.files import replacing
from baokuan.home import Home
from ingest import outcomes
from ingest.arrive import guard
from ingest.bronze import packs, schema
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.sql import ident

WINDOW = timedelta(days=45)  # older files of a delta or snapshot are not compared
LATE_DAYS = 1  # a row is late when its business day is so much older than its file's
EXAMPLES = 3
PART_ROWS = 16_000_000  # keys that are compared at once
UNIT_FACTOR = 1000  # a median that jumps by this or more is a change of unit: yuan and 10,000 yuan
UNIT_ROWS = 20
UNIT_FILES = 5  # so many of the last files are compared with
# What makes a code mean something: if it changes, the code has been given to something else.
MEANING = {
    "erp_sku": ("style_code", "color_code", "size_code"),
    "pos_staff": ("joined_on",),
    "erp_location": ("open_date", "location_type"),
    "crm_member": ("birth_year", "birth_month"),
}
CLOCKS = {"pos_receipt": ("sold_at", "biz_date"), "pos_receipt_line": ("sold_at", "biz_date")}


Gone = dict[tuple[str, str], tuple[int, int]]  # (earlier file, later file) → guard.vanished


@dataclass
class Change:
    """One finding about a feed's new files."""

    batch: int
    feed: str
    kind: str  # repeated restated conflict late gone code_reused unit clock zeros_lost
    count: int
    detail: dict[str, int] = field(default_factory=dict)  # column or day → count
    examples: list[str] = field(default_factory=list)  # keys, of feeds without persons
    file: str = ""


def folder(home: Home) -> Path:
    return home.ops_records / "changes"


def read_all(home: Home) -> list[Change]:
    """Every logged change, oldest batch first."""
    found = []
    if folder(home).is_dir():
        for path in sorted(folder(home).glob("*.jsonl"), key=lambda p: int(p.stem)):
            lines = path.read_text(encoding="utf-8").splitlines()
            found += [Change(**json.loads(line)) for line in lines]
    return found


def log(home: Home, contracts: list[Contract], gone: Gone | None = None) -> list[Change]:
    """Write the log of every batch that has none yet; returns the new findings.

    ``gone`` has the keys that vanished from full exports, as far as they were counted before.
    """
    done = {int(p.stem) for p in folder(home).glob("*.jsonl")} if folder(home).is_dir() else set()
    everything = [o for o in outcomes.read_all(home) if o.bronze_path and o.status == "loaded"]
    todo = sorted({o.batch for o in everything} - done)
    result = []
    for batch in todo:
        found = compare(home, contracts, everything, batch, gone)
        text = "".join(json.dumps(asdict(c), ensure_ascii=False) + "\n" for c in found)
        with replacing(folder(home) / f"{batch}.jsonl") as draft:
            draft.write_text(text, encoding="utf-8")
        result += found
    return result


def compare(
    home: Home, contracts: list[Contract], everything: list[Outcome], batch: int,
    gone: Gone | None = None,
) -> list[Change]:  # fmt: skip
    """What a batch changes, feed by feed."""
    result: list[Change] = []
    canonical = {c.feed: c for c in contracts if c.source is None}
    by_name = {c.name: c for c in contracts}
    with duckdb.connect(":memory:") as con:
        for feed in sorted({o.feed for o in everything if o.batch == batch}):
            contract = canonical.get(feed)
            new = [o for o in everything if o.feed == feed and o.batch == batch]
            if contract is None or not contract.stored_key:
                continue
            packs.renew(home, con, feed, [o for o in everything if o.feed == feed])
            old = _comparable([o for o in everything if o.feed == feed and o.batch < batch], new)
            _tables(con, home, contract, new, old)
            met = bool(old) and _one(con, "select count(*) from old_all")[0] > 0
            result += _keys(con, contract, batch, sum(o.rows_kept + o.rows_derived for o in new))
            result += _clocks(con, contract, batch)
            if met:
                result += _restated(con, contract, batch)
            if old:
                result += _late(con, contract, batch)
                result += _drifted(con, home, contract, old, batch)
            for outcome in new:
                own = by_name.get(outcome.contract)
                result += _gone(con, home, own, outcome, everything, gone or {})
    return result


def _comparable(old: list[Outcome], new: list[Outcome]) -> list[Outcome]:
    """Older files that may hold the same rows: those around the days of the new ones."""
    days = [date.fromisoformat(o.file_date) for o in new if o.file_date]
    if not days:
        return old
    low = (min(days) - WINDOW).isoformat()
    latest = max((o.file_date or "" for o in old), default="")
    return [o for o in old if (o.file_date or "") >= low or o.file_date == latest]


def _tables(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, new: list[Outcome],
    old: list[Outcome],
) -> None:  # fmt: skip
    """new_rows; old_all: older rows of the same keys; old_rows: the latest version of each."""
    columns = ", ".join(ident(name) for name, _ in contract.outputs)
    rest = "_file_id, _row_no, _content_hash"
    keys = ", ".join(map(ident, contract.stored_key))
    # New rows stay in their files: most questions need few of their columns.
    rows = schema.relation(home, contract, new)
    con.execute(f"create or replace view new_rows as select {columns}, {rest} from {rows}")
    again = "select * from new_rows where false"
    if old:
        rows = schema.relation(home, contract, old)
        again = f"select {columns}, {rest} from {rows} "
        again += f"semi join (select distinct {keys} from new_rows) using ({keys})"
    con.execute(f"create or replace table old_all as {again}")
    days = [date.fromisoformat(o.file_date) if o.file_date else None for o in new + old]
    files = pa.array([o.file_id for o in new + old], pa.string())
    con.register("_day", pa.table({"file_id": files, "day": pa.array(days, pa.date32())}))
    order = ", ".join(f"{ident(c)} desc nulls last" for c in contract.order_by)
    con.execute(
        "create or replace view old_rows as select o.* from old_all o left join _day d "
        f"on d.file_id = o._file_id qualify row_number() over (partition by {keys} "
        f"order by {order + ', ' if order else ''}d.day desc nulls last, _content_hash) = 1"
    )


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple:  # type: ignore[type-arg]
    row = con.execute(sql).fetchone()
    assert row is not None
    return row


def _shown(contract: Contract) -> str:
    """Keys as text; the keys of persons are not shown."""
    if contract.feed.startswith("crm_"):
        return "null::varchar"
    return "concat_ws('/', " + ", ".join(map(ident, contract.stored_key)) + ")"


def _repeated(con: duckdb.DuckDBPyConnection, rows: str, keys: str, count: int) -> pa.Array:
    """One number for each key, of the keys that are there twice or more.

    Sorting plain numbers is the fastest way to find the few, and in parts it needs little memory.
    """
    parts = 1 + count // PART_ROWS
    found = []
    for part in range(parts):
        some = f"where h % {parts} = {part}" if parts > 1 else ""
        numbers = con.execute(f"from (select hash({keys}) as h from {rows}) {some}")
        sorted_ones = np.sort(numbers.to_arrow_table()["h"].to_numpy())
        found.append(np.unique(sorted_ones[1:][sorted_ones[1:] == sorted_ones[:-1]]))
    return pa.array(np.concatenate(found), pa.uint64())


def _keys(
    con: duckdb.DuckDBPyConnection, contract: Contract, batch: int, count: int
) -> list[Change]:
    """Rows that are there again, and keys with two contents of which neither is the later one."""
    keys = ", ".join(map(ident, contract.stored_key))
    both = "(select * from new_rows union all by name select * from old_all)"
    twice = _repeated(con, both, keys, count)
    if not len(twice):
        return []
    con.register("twice", pa.table({"h": twice}))
    con.execute(
        f"create or replace table again as select * from {both} where hash({keys}) in (from twice)"
    )
    in_file = ", _file_id" if contract.mode == "full" else ""  # the same state again is no news
    again = _one(
        con,
        f"select count(*) from (select 1 from again group by {keys}, _content_hash{in_file} "
        "having count(*) > 1 and bool_or(_file_id in (select _file_id from new_rows)))",
    )[0]
    # where no time is told the later file counts
    told = [f"coalesce({ident(name)}::varchar, _file_id)" for name in contract.order_by]
    settled = told or ["_file_id"]
    same = ", ".join((*map(ident, contract.stored_key), *settled))
    found = con.execute(
        f"select {_shown(contract)} from again group by {same} "
        "having count(distinct _content_hash) > 1 "
        "order by 1"
    ).fetchall()
    result = [Change(batch, contract.feed, "repeated", int(again))] if again else []
    if found:
        shown = [row[0] for row in found[:EXAMPLES] if row[0]]
        result.append(Change(batch, contract.feed, "conflict", len(found), examples=shown))
    return result


def _restated(con: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> list[Change]:
    """Keys whose content is another than before, and the columns in which."""
    on = " and ".join(f"n.{k} is not distinct from o.{k}" for k in map(ident, contract.stored_key))
    values = [name for name, _ in contract.outputs if name not in contract.stored_key]
    values = [name for name in values if name not in contract.order_by]
    differs = {v: f"n.{ident(v)} is distinct from o.{ident(v)}" for v in values}
    meaning = [name for name in MEANING.get(contract.feed, ()) if name in differs]
    reuse = " or ".join(differs[name] for name in meaning) or "false"
    count, reused, *sums = _one(
        con,
        f"select {', '.join(f'count(*) filter ({t})' for t in ('true', reuse, *differs.values()))} "
        f"from new_rows n join old_rows o on {on} where n._content_hash <> o._content_hash",
    )
    detail = {v: int(n) for v, n in zip(values, sums, strict=True) if n}
    if not detail:
        return []
    result = [Change(batch, contract.feed, "restated", int(count), detail)]
    if reused:
        counts = {name: detail[name] for name in meaning if name in detail}
        result.append(Change(batch, contract.feed, "code_reused", int(reused), counts))
    return result


def _late(con: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> list[Change]:
    """New rows of a business day before their file's."""
    if contract.business_date is None or contract.mode != "delta":
        return []
    day = f"(n.{ident(contract.business_date)} - interval {contract.cutoff_minutes} minute)::date"
    if contract.column(contract.business_date).type == "date":
        day = f"n.{ident(contract.business_date)}"
    on = " and ".join(f"n.{k} is not distinct from o.{k}" for k in map(ident, contract.stored_key))
    rows = con.execute(
        f"select {day}::varchar, count(*) from new_rows n join _day d on d.file_id = n._file_id "
        f"where {day} < d.day - {LATE_DAYS} and not exists "
        f"(select 1 from old_rows o where {on}) group by 1 order by 1"
    ).fetchall()
    if not rows:
        return []
    detail = {day: int(count) for day, count in rows}
    return [Change(batch, contract.feed, "late", sum(detail.values()), detail)]


def _clocks(con: duckdb.DuckDBPyConnection, contract: Contract, batch: int) -> list[Change]:
    """Times of sale far from their business day: the till's clock is wrong."""
    pair = CLOCKS.get(contract.feed)
    if pair is None:
        return []
    at, day = map(ident, pair)
    apart = f"abs(date_diff('day', {day}, {at}::date)) > 1"
    found = con.execute(
        f"select store_code, count(*) from new_rows where {apart} group by 1 order by 1"
    ).fetchall()
    detail = {str(store): int(count) for store, count in found}
    return [Change(batch, contract.feed, "clock", sum(detail.values()), detail)] if detail else []


def _drifted(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract, old: list[Outcome], batch: int
) -> list[Change]:
    """Columns that are written in another way than in the last files."""
    last = sorted(old, key=lambda o: (o.file_date or "", o.file_id))[-UNIT_FILES:]
    before = schema.relation(home, contract, last)
    ids = [c.name for c in contract.columns if c.id and not c.is_personal]
    amounts = [c.name for c in contract.columns if c.type == "money"]
    asked = [f"bool_or(starts_with({ident(name)}, '0'))" for name in ids]
    for name in map(ident, amounts):
        asked += [f"median(abs({name})) filter ({name} <> 0)", f"count({name})"]
    if not asked:
        return []
    was = _one(con, f"select {', '.join(asked)} from {before}")
    now = _one(con, f"select {', '.join(asked)} from new_rows")
    led = [name for name, had in zip(ids, was, strict=False) if had]
    result = _zeros(con, contract, before, led, batch)
    for name, place in zip(amounts, range(len(ids), len(asked), 2), strict=True):
        old_middle, old_count, middle, count = *was[place : place + 2], *now[place : place + 2]
        if min(count, old_count) >= UNIT_ROWS and middle and old_middle:
            factor = max(middle / old_middle, old_middle / middle)
            if factor >= UNIT_FACTOR:
                detail = {name: round(factor)}
                result.append(Change(batch, contract.feed, "unit", int(count), detail))
    return result


def _zeros(
    con: duckdb.DuckDBPyConnection, contract: Contract, before: str, names: list[str], batch: int
) -> list[Change]:
    """Identifiers that are known with leading zeros and now come without (Excel took them)."""
    detail = {}
    for column in names:
        name = ident(column)
        count = _one(
            con,
            f"select count(*) from new_rows n where {name} is not null and not starts_with({name}, "
            f"'0') and exists (select 1 from {before} o where starts_with(o.{name}, '0') and "
            f"ltrim(o.{name}, '0') = n.{name}) and not exists "
            f"(select 1 from {before} o where o.{name} = n.{name})",
        )[0]
        if count:
            detail[column] = int(count)
    if not detail:
        return []
    return [Change(batch, contract.feed, "zeros_lost", sum(detail.values()), detail)]


def _gone(
    con: duckdb.DuckDBPyConnection, home: Home, contract: Contract | None, outcome: Outcome,
    everything: list[Outcome], counted: Gone,
) -> list[Change]:  # fmt: skip
    if contract is None or contract.mode != "full" or "_full_" not in outcome.source:
        return []
    before = guard.previous_full(outcome, [o for o in everything if o.batch < outcome.batch])
    if before is None:
        return []
    pair = (before.file_id, outcome.file_id)
    gone = (
        counted[pair] if pair in counted else guard.vanished(con, home, contract, before, outcome)
    )
    if not gone[1]:
        return []
    return [Change(outcome.batch, outcome.feed, "gone", gone[1], file=outcome.source)]
