"""A script of four tables and a test, written by hand, and a home with a bronze feed for it."""

from __future__ import annotations

import duckdb

from baokuan.home import Home
from orchestration.build.script import Script, Step, digest

SALE, STORE, PRICE, BY_STORE, KEY = "m.sale", "m.store", "m.price", "m.by_store", "t.key"
NAMES = {SALE: "core.sale", STORE: "core.store", PRICE: "staging.price", BY_STORE: "hits.by_store"}
SOURCES = {"s.sale": "bronze.sale", "s.run": "bronze._run", "s.price": "bronze.price"}


def full(name: str) -> str:
    schema, _, table = name.partition(".")
    return f'"warehouse"."{schema}"."{table}"'


def step(id: str, kind: str, parents: tuple[str, ...], sql: str, change: str = "") -> Step:
    made = full(NAMES.get(id, "core.sale"))
    anew = sql if kind == "test" else f"create or replace {kind_of(kind)} {made} as {sql}"
    return Step(
        id=id, name=id.partition(".")[2], kind=kind, relation=NAMES.get(id, "core.sale"),
        folder="models/core", parents=parents, reads=(), anew=(anew,), change=(change or anew,),
    )  # fmt: skip


def kind_of(kind: str) -> str:
    return "view" if kind == "view" else "table"


def script(by_store: str = "count(*) as lines", sale: str = "line, store, units") -> Script:
    """``sale`` is incremental by line, ``by_store`` is made of it."""
    rows = f"select {sale} from bronze.sale"
    newer = f"where line > (select coalesce(max(line), 0) from {full('core.sale')})"
    change = (
        f"create temporary table sale_tmp as {rows} {newer}; "
        f"delete from {full('core.sale')} where line in (select line from sale_tmp); "
        f"insert into {full('core.sale')} select * from sale_tmp"
    )
    return of(
        [
            step(PRICE, "view", ("s.price",), "select * from bronze.price"),
            step(SALE, "incremental", ("s.sale",), rows, change),
            step(STORE, "table", (SALE,), f"select distinct store from {full('core.sale')}"),
            step(
                BY_STORE,
                "table",
                (SALE, STORE),
                f"select store, {by_store} from {full('core.sale')} group by store",
            ),
            step(
                KEY,
                "test",
                (SALE,),
                "select count(*) as failures, count(*) > 0 as w, count(*) > 0 as e from "
                f"(select line from {full('core.sale')} group by line having count(*) > 1) as d",
            ),
        ],
    )


def of(steps: list[Step]) -> Script:
    return Script(digest([one.code for one in steps]), SOURCES, steps)


def home_with(home: Home, lines: list[tuple[int, str, int]], day: str = "2026-10-31") -> Home:
    """Register these lines as one file each."""
    home.make()
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema if not exists bronze")
        con.execute("create or replace table bronze.sale (line int, store text, units int)")
        con.execute("create or replace table bronze.price (sku text, price decimal(18, 2))")
        con.execute(
            "create or replace table bronze._file (file_id text, feed text, file_date date, "
            "file_seq text, content_hash text, batch bigint, rows bigint)"
        )
        con.execute(f"create or replace table bronze._run as select now() as now_at, "
                    f"date '{day}' as as_of_date")  # fmt: skip
        for line, store, units in lines:
            con.execute("insert into bronze.sale values (?, ?, ?)", [line, store, units])
            con.execute(
                "insert into bronze._file values (?, 'sale', null, null, ?, 1, 1)",
                [f"f{line}", f"h{line}-{units}"],
            )
    return home
