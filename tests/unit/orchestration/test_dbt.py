"""Decisions around dbt that need no dbt: how failures read, when a project is another."""

from __future__ import annotations

from pathlib import Path

from orchestration.dbt import Build, Node, fingerprint


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


def test_the_fingerprint_changes_with_any_file_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for name in ("models/a.sql", "dbt_project.yml", "profiles.yml"):
        (tmp_path / name).write_text("select 1")
    seen = {fingerprint(tmp_path)}
    assert seen == {fingerprint(tmp_path)}
    for name in ("models/a.sql", "dbt_project.yml", "profiles.yml"):
        (tmp_path / name).write_text("select 2")
        seen.add(fingerprint(tmp_path))
    (tmp_path / "models" / "b.sql").write_text("")
    assert len(seen | {fingerprint(tmp_path)}) == 5
