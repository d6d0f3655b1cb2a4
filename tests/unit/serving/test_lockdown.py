"""Each thing that a reader must not be able to do, tried on the connection everyone gets."""

from __future__ import annotations

import duckdb
import pytest

from baokuan.home import Home
from serving import ops, versions
from serving.connect import check_sql, connect
from serving.versions import ServingError
from tests.unit.serving.conftest import publish_tick

ATTACKS = {
    "read_csv": "from read_csv('{file}')",
    "file as a table": "from '{file}'",
    "read_text": "from read_text('/etc/passwd')",
    "read_blob": "from read_blob('/etc/passwd')",
    "read_json": "from read_json('{file}')",
    "read_parquet": "from read_parquet('{marts}/hits/board.parquet')",
    "read_duckdb": "from read_duckdb('{warehouse}')",
    "sniff_csv": "from sniff_csv('{file}')",
    "parquet_metadata": "from parquet_metadata('{marts}/hits/board.parquet')",
    "read in query()": "from query('from read_text(''/etc/passwd'')')",
    "glob": "from glob('/*')",
    "copy to": "copy hits.board to '{out}'",
    "copy from": "copy hits.board from '{file}'",
    "export database": "export database '{out}'",
    "import database": "import database '{out}'",
    "attach a file": "attach '{out}.duckdb' as other",
    "attach the warehouse": "attach '{warehouse}' as other",
    "attach memory": "attach ':memory:' as other",
    "install": "install httpfs",
    "force install": "force install json",
    "load": "load httpfs",
    "load a file": "load '{out}.duckdb_extension'",
    "community extension": "install h3 from community",
    "secret": "create secret (type s3)",
    "external access on": "set enable_external_access = true",
    "unlock": "set lock_configuration = false",
    "reset lock": "reset lock_configuration",
    "threads": "set threads = 64",
    "pragma threads": "pragma threads = 64",
    "memory": "set memory_limit = '64GB'",
    "temp directory": "set temp_directory = '/tmp'",
    "home directory": "set home_directory = '/tmp'",
    "file search path": "set file_search_path = '/etc'",
    "query log": "set log_query_path = '{out}'",
    "profiling output": "set profiling_output = '{out}'",
    "extension repository": "set custom_extension_repository = 'http://localhost'",
    "create table": "create table hits.mine as select 1",
    "create schema": "create schema mine",
    "create macro": "create macro mine(x) as x",
    "insert": "insert into hits.board (skc_id) values ('x')",
    "update": "update hits.board set tick = 0",
    "delete": "delete from hits.board",
    "truncate": "truncate hits.board",
    "drop": "drop table hits.board",
    "alter": "alter table hits.board add column mine int",
    "comment": "comment on table hits.board is 'mine'",
    "change ops": "insert into ops.runs (run_id) values ('x')",
    "create in ops": "create table ops.mine as select 1",
}


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """One locked connection for all attacks: none may leave a trace that the next one notices."""
    home = Home(tmp_path_factory.mktemp("locked") / "home").make()
    ops.renew(home)
    version = publish_tick(home, 1)
    con = connect(home)
    yield con, home, version
    con.close()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda name: name.replace(" ", "-"))
def test_refused(locked, tmp_path, attack):
    con, home, version = locked
    file = tmp_path / "in.csv"
    file.write_text("skc_id\nx\n")
    out = tmp_path / "out"
    before = sorted(tmp_path.rglob("*"))
    sql = ATTACKS[attack].format(
        file=file,
        out=out,
        marts=home.published / version / "marts",
        warehouse=home.published / version / "warehouse.duckdb",
    )
    with pytest.raises(duckdb.Error):
        con.cursor().execute(sql).fetchall()
    assert sorted(tmp_path.rglob("*")) == before
    assert con.execute("select count(*) from hits.board").fetchall() == [(50,)]
    assert con.execute("select count(*) from ops.runs").fetchall() == [(0,)]


@pytest.mark.parametrize(
    "sql",
    [
        "detach ops",
        "call enable_logging()",
        "from enable_logging(storage = 'file', storage_config = {'path': '/tmp/x'})",
        "from query('from enable' || '_logging()')",
        "pragma enable_profiling",
        "set variable x = 1",
        "select 1; drop table hits.board",
        "create temp table mine as select 1",
        "use ops",
        "begin",
    ],
)
def test_the_guard_refuses_what_duckdb_has_no_setting_for(sql):
    with pytest.raises(ServingError, match="not allowed"):
        check_sql(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "with a as (select 1 as x) select * from a; select 2",
        "from hits.board",
        "describe hits.board",
        "show all tables",
        "summarize hits.board",
        "explain select 1",
        "pivot hits.board on level in ('hit', 'slow') using count(*)",
        "select query_text from ops.notes",
    ],
)
def test_the_guard_lets_reading_pass(sql):
    check_sql(sql)


def test_variables_of_the_caller_are_not_tables(locked):
    con, _, _ = locked
    frame = [(1,)]
    with pytest.raises(duckdb.Error):
        con.execute("from frame")
    assert frame


def test_a_second_connection_of_the_process_is_locked_too(locked):
    _, home, _ = locked
    again = connect(home)
    with pytest.raises(duckdb.PermissionException):
        again.execute("from read_text('/etc/passwd')")
    assert again.execute("select count(*) from ops.publications").fetchall() == [(0,)]
    again.close()


def test_other_limits_in_one_process_are_a_clear_error(locked):
    _, home, _ = locked
    with pytest.raises(ServingError, match="same ones"):
        connect(home, memory_limit="300MB")


def test_a_big_sort_spills_below_state_and_not_beside_the_published_file(home, release):
    version = release(home, 1)
    con = connect(home, memory_limit="60MB", threads=1)
    rows = con.execute(
        "select count(*) from (select md5(i::varchar) as m, i from range(1500000) as r(i) "
        "order by m, i offset 10)"
    ).fetchall()
    con.close()
    assert rows == [(1499990,)]
    assert sorted(p.name for p in (home.published / version).iterdir()) == [
        "marts",
        "version.json",
        "warehouse.duckdb",
    ]


def test_an_unknown_version_lists_what_there_is(home, release):
    version = release(home, 1)
    with pytest.raises(ServingError, match=version):
        connect(home, "20200101T000000000000Z-nightly")
    with pytest.raises(ServingError, match="no published version"):
        connect(home, "../../etc")
    assert versions.current(home) == version
