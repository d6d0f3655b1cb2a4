"""Decisions around dbt that need no dbt: when to parse, how failures read."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from orchestration.dbt import (
    Build,
    Node,
    built_with,
    fingerprint,
    is_new_release,
    is_set_back,
    is_stale,
)


def node(name: str, status: str, message: str = "", kind: str = "model") -> Node:
    return Node(f"{kind}.baokuan.{name}", name, kind, status, 0.1, message)


def test_a_clean_build_has_no_problem() -> None:
    nodes = [node("a", "success"), node("t", "pass", kind="test"), node("w", "warn", "3 rows")]
    assert Build(nodes).problem() is None


def test_failed_nodes_are_named_with_what_they_said_and_the_skipped_counted() -> None:
    nodes = [
        node("board", "error", "division by zero"),
        node("t", "fail", "Got 3", "test"),
        node("z", "skipped"),
    ]
    assert Build(nodes, trouble="other").problem() == (
        "model board: division by zero; test t: Got 3 (1 nodes after them were skipped)"
    )


def test_many_failures_stay_readable() -> None:
    problem = Build([node(f"m{i}", "error", "bad") for i in range(30)]).problem()
    assert problem is not None and problem.count("bad") == 10 and "20 more" in problem


def test_trouble_before_any_node_is_the_problem() -> None:
    assert Build([], trouble="no profile").problem() == "no profile"


def test_the_manifest_is_stale_when_missing_older_or_of_another_project(tmp_path: Path) -> None:
    project, target = tmp_path / "p", tmp_path / "t"
    (project / "models").mkdir(parents=True)
    target.mkdir()
    model, manifest = project / "models" / "a.sql", target / "manifest.json"
    model.write_text("select 1")
    for name in ("dbt_project.yml", "profiles.yml"):
        (project / name).write_text("")
    assert is_stale(manifest, project)
    manifest.write_text("{}")
    assert is_stale(manifest, project)
    (target / "project_dir").write_text(str(project))
    future = manifest.stat().st_mtime_ns + 10**10
    os.utime(manifest, ns=(future, future))
    assert not is_stale(manifest, project)
    assert is_stale(manifest, tmp_path)
    os.utime(model, ns=(future + 1, future + 1))
    assert is_stale(manifest, project)


def test_a_changed_model_makes_a_new_release_once(tmp_path: Path, monkeypatch) -> None:
    home, project = Home(tmp_path / "home"), tmp_path / "p"
    (project / "models").mkdir(parents=True)
    (project / "models" / "a.sql").write_text("select 1")
    (project / "dbt_project.yml").write_text("name: p")
    monkeypatch.setenv("BAOKUAN_DBT_PROJECT", str(project))
    assert not is_new_release(home), "nothing is built yet: the first build makes everything"
    home.warehouse.parent.mkdir(parents=True)
    home.warehouse.touch()
    built_with(home).parent.mkdir(parents=True)
    built_with(home).write_text(fingerprint(project))
    assert not is_new_release(home)
    (project / "models" / "a.sql").write_text("select 2")
    assert is_new_release(home)


def test_a_clock_set_back_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    assert not is_set_back(home), "no warehouse"
    home.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema hits")
    assert not is_set_back(home), "no board"
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create table hits.board as select date '2026-11-01' as as_of_date")
    for now, expected in (("2026-11-02", False), ("2026-11-03", False), ("2026-11-01", True)):
        monkeypatch.setenv("BAOKUAN_NOW", f"{now}T06:00:00+08:00")
        assert is_set_back(home) is expected, now
