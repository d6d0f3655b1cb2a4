"""Superset's connection: follows the pointer, refuses writing, stops what runs too long."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from dashboards import published
from dashboards.published import GuardedConnection, Instances, TimedOutError
from serving import ops
from serving.versions import NothingPublished, ServingError


def publish(home: Home, second: int) -> str:
    name = f"202610310000{second:02d}000000Z-nightly".replace("20261031", "20261031T", 1)
    folder = home.published / name
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        con.execute("create schema hits")
        con.execute(f"create table hits.board as select {second} as number")
    (home.published / "CURRENT").write_text(name + "\n", "utf-8")
    return name


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path).make()
    publish(made, 1)
    ops.renew(made)
    return made


def read(instances: Instances, home: Home) -> int:
    connection = GuardedConnection(instances.cursor(published.current(home)), 30)
    cursor = connection.cursor()
    cursor.execute("select number from hits.board")
    row = cursor.fetchone()
    connection.close()
    return row[0]


def test_each_publish_is_read_at_once_and_few_instances_stay_open(home: Home) -> None:
    instances = Instances(home, keep=2)
    for second in range(2, 8):
        publish(home, second)
        assert read(instances, home) == second
    assert len(instances._open) == 2


def test_a_request_keeps_the_version_it_began_with(home: Home) -> None:
    instances = Instances(home)
    pinned = published.current(home)
    first = instances.cursor(pinned)
    publish(home, 2)
    assert first.execute("select number from hits.board").fetchone() == (1,)
    assert instances.cursor(pinned).execute("select number from hits.board").fetchone() == (1,)


def test_ops_is_attached_and_renewed(home: Home) -> None:
    instances = Instances(home)
    key = published.current(home).key
    assert instances.cursor(published.current(home)).execute("from ops.runs").fetchall() == []
    ops.renew(home)
    assert published.current(home).key != key
    assert instances.cursor(published.current(home)).execute("from ops.runs").fetchall() == []


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished, match="make"):
        published.current(Home(tmp_path))


ATTACKS = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_parquet('*.parquet')",
    "select * from glob('/*')",
    "select * from '/etc/passwd'",
    "copy (select 1) to '/tmp/baokuan_attack.csv'",
    "attach ':memory:' as mine",
    "detach ops",
    "install httpfs",
    "load httpfs",
    "set threads = 1",
    "set lock_configuration = false",
    "pragma threads = 1",
    "create table hits.mine as select 1",
    "create temp table mine as select 1",
    "delete from hits.board",
    "insert into hits.board values (9)",
    "update hits.board set number = 9",
    "drop table hits.board",
    "export database '/tmp/baokuan_attack'",
    "call enable_logging()",
    "select 1; drop table hits.board",
]


@pytest.mark.parametrize("statement", ATTACKS)
def test_only_reading_is_allowed(home: Home, statement: str) -> None:
    connection = GuardedConnection(Instances(home).cursor(published.current(home)), 30)
    with pytest.raises((ServingError, duckdb.Error)):
        connection.cursor().execute(statement)
    assert not Path("/tmp/baokuan_attack.csv").exists()


def test_a_query_that_runs_too_long_is_stopped_alone(home: Home) -> None:
    instances = Instances(home)
    slow = GuardedConnection(instances.cursor(published.current(home)), 0.5).cursor()
    other: list[int] = []
    neighbour = threading.Thread(target=lambda: other.append(read(instances, home)))
    neighbour.start()
    with pytest.raises(TimedOutError, match=r"0\.5 seconds"):
        slow.execute(
            "select count(*) from range(1000000) a, range(1000000) b where a.range < b.range"
        )
        slow.fetchall()
    neighbour.join()
    assert other == [1]
    slow.execute("select 42")
    assert slow.fetchall() == [(42,)]
