"""Small warehouses to publish: two published schemas, a private one, awkward types, comments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from serving import candidate, publish

Build = Callable[..., None]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").make()


@pytest.fixture
def build() -> Build:
    """Write a warehouse in which every row of every table carries the same ``tick``."""
    return build_warehouse


def build_warehouse(home: Home, tick: int = 1, rows: int = 50) -> None:
    home.warehouse.unlink(missing_ok=True)
    con = duckdb.connect(str(home.warehouse))
    con.execute(
        "create schema staging; create schema core; create schema hits; create schema goods"
    )
    con.execute("create table staging.secret as select 1 as a")
    con.execute(
        f"""
        create table hits.board as
        select 'S' || i || '/RED' as skc_id, date '2026-10-31' as as_of_date,
            {tick} as tick, sum(i) over () as total,
            case i % 3 when 0 then 'hit' when 1 then 'slow' else 'unjudged' end as level,
            case i % 3 when 0 then '爆款' when 1 then '滞销' else '未评级' end as level_zh,
            case when i % 3 < 2 then cast(i as double) end as score,
            case when i % 2 = 0 then cast(0.5 as double) end as sell_through_rate,
            case when i % 2 = 0 then 'ok' else 'no_order' end as sell_through_rate_status,
            cast('a' as enum ('a', 'b')) as mood, [1, 2] as sizes, cast(1 as tinyint) as tiny,
            'widen' as action, '扩铺' as action_zh
        from range({rows}) as r(i)
        """
    )
    con.execute("comment on table hits.board is '爆款看板 / Hit board'")
    con.execute("comment on column hits.board.skc_id is '款色''s'")
    con.execute(
        "create table core.dim_skc as select skc_id, '连衣裙' as style_name, tick from hits.board"
    )
    con.execute("create view goods.v_skc as select skc_id, tick from core.dim_skc")
    con.close()


def publish_tick(home: Home, tick: int, kind: str = "nightly", rows: int = 50) -> str:
    build_warehouse(home, tick, rows)
    return publish.publish(home, candidate.make(home, kind), f"run-{tick}", kind)


@pytest.fixture
def release() -> Callable[..., str]:
    return publish_tick
