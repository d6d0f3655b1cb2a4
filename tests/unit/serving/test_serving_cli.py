"""The commands as people type them, and the files they get."""

from __future__ import annotations

import csv
import json

import duckdb
import polars as pl
import pytest

from serving import export, ops, versions
from serving.__main__ import main


@pytest.fixture
def run(home, monkeypatch, capsys):
    """Run a command: (exit code, stdout, stderr)."""
    monkeypatch.setenv("BAOKUAN_HOME", str(home.root))

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_nothing_published_names_the_remedy(run):
    for command in (["board"], ["sql", "select 1"], ["rollback"], ["verify"]):
        code, _, err = run(*command)
        assert code == 1
        assert "make demo" in err


def test_sql_in_three_formats(run, home, release):
    ops.renew(home)
    one, two = release(home, 1), release(home, 2)
    code, out, err = run("sql", "select distinct tick, '连衣裙' as 品名 from hits.board")
    assert (code, out) == (0, "tick   品名\n─────────────\n   2   连衣裙\n")
    assert err == ""
    _, _, err = run("sql", "from range(1001)")
    assert "first 1000 rows" in err
    _, out, _ = run("sql", "select distinct tick from hits.board", "--version", one)
    assert out.splitlines()[-1].strip() == "1"
    _, out, _ = run("sql", "select 1 as a, date '2026-10-31' as d", "--format", "json")
    assert json.loads(out) == {"a": 1, "d": "2026-10-31"}
    _, out, _ = run("sql", "select '=1+1' as x, -5 as n, '-5' as t", "--format", "csv")
    assert out == "x,n,t\n'=1+1,-5,-5\n"
    assert two == versions.current(home)


def test_heads_of_a_query_in_words(run, release, home):
    release(home, 1)
    query = "select b.skc_id, score, count(*) as n from hits.board as b group by all limit 1"
    _, out, _ = run("sql", query, "--lang", "zh")
    assert out.splitlines()[0].split() == ["款色", "得分", "n"]
    _, out, _ = run("sql", query, "--lang", "en")
    assert out.splitlines()[0].split() == ["Style-colour", "Score", "n"]
    _, out, _ = run("sql", "select 1 as score", "--lang", "zh")
    assert out.splitlines()[0] == "score"


def test_sql_refuses_and_explains(run, home, release):
    release(home, 1)
    assert run("sql", "drop table hits.board")[0] == 1
    assert "read-only" in run("sql", "drop table hits.board")[2]
    code, _, err = run("sql", "select nothing from hits.board")
    assert code == 1
    assert "nothing" in err


def test_board_shows_best_first_with_date_version_and_reasons(run, home, release):
    version = release(home, 1)
    code, out, _ = run("board", "-n", "3")
    assert code == 0
    title, levels, _, header, _, first, *_ = out.splitlines()
    assert title == f"爆款看板 · 数据截至 2026-10-31 · 款色 50 · 版本 {version}"
    assert levels == "爆款 17  滞销 17  未评级 16"
    assert header.split() == ["款色", "款名", "等级", "得分", "售罄率", "建议动作"]
    assert first.split() == ["S48/RED", "连衣裙", "爆款", "48.0", "50.0%", "扩铺"]
    assert "(无订单)" in out
    _, out, _ = run("board", "--lang", "en", "-n", "3")
    assert "(No order)" in out
    assert "Hit board · as of 2026-10-31" in out


def test_versions_roll_back_prune_and_verify(run, home, release):
    one, two = release(home, 1), release(home, 2)
    _, out, _ = run("versions")
    assert [line.split()[0] for line in out.splitlines()[2:]] == [one, two]
    assert "current" in out.splitlines()[3]
    code, out, _ = run("rollback", "--reason", "wrong prices")
    assert (code, out) == (0, f"rolled back from {two} to {one}\n")
    _, out, _ = run("sql", "select reason from ops.publications where action = 'rolled_back'")
    assert "wrong prices" in out
    assert run("rollback")[0] == 1
    assert run("prune")[1] == "removed 0 versions\n"
    assert f"{one}: 3 tables, 150 rows" in run("verify")[1]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_export_holds_what_the_table_holds(run, home, release, tmp_path, suffix):
    release(home, 1)
    target = tmp_path / f"board.{suffix}"
    code, out, _ = run("export", "hits.board", str(target))
    assert (code, out) == (0, f"{target}: 50 rows\n")
    if suffix == "csv":
        with target.open(encoding="utf-8-sig", newline="") as file:
            found = [row["skc_id"] for row in csv.DictReader(file)]
    elif suffix == "parquet":
        found = [r[0] for r in duckdb.sql(f"select skc_id from '{target}'").fetchall()]
    else:
        found = pl.read_excel(target, engine="calamine")["skc_id"].to_list()
    assert found == [f"S{i}/RED" for i in range(50)]
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == [target.name]


def test_export_says_what_is_wrong(run, home, release, tmp_path):
    release(home, 1)
    assert "hits.board" in run("export", "staging.secret", str(tmp_path / "x.csv"))[2]
    assert ".xlsx" in run("export", "hits.board", str(tmp_path / "x.doc"))[2]
    assert "not a folder" in run("export", "hits.board", str(tmp_path / "none" / "x.csv"))[2]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"),
        ("+86", "+86"),
        ("+A1", "'+A1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("连衣裙", "连衣裙"),
        (-3.5, -3.5),
        (None, None),
    ],
)
def test_no_text_cell_starts_a_formula(value, written):
    assert export.defused(value) == written


def test_xlsx_text_stays_text(home, run, tmp_path):
    home.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema hits")
        con.execute(
            "create table hits.board as select '=1+1' as skc_id, current_date as as_of_date"
        )
    from serving import candidate, publish

    publish.publish(home, candidate.make(home, "nightly"), "r", "nightly")
    target = tmp_path / "b.xlsx"
    run("export", "hits.board", str(target))
    assert pl.read_excel(target, engine="calamine")["skc_id"].to_list() == ["=1+1"]


def test_help_lists_the_commands(run):
    code, out, _ = run("--help")
    assert code == 0
    for command in ("sql", "board", "versions", "rollback", "prune", "verify", "export"):
        assert command in out
    assert run("sql")[0] == 2
