"""What dbt ran becomes a script: parents first, statements that act, and what else they read."""

from __future__ import annotations

import json

import pytest

from baokuan.home import Home
from orchestration import dbt
from orchestration.build import record
from orchestration.build.script import Script

COMMENT = '/* {"app": "dbt"} */'
FACT, SEEN = '"warehouse"."core"."fct"', '"warehouse"."intermediate"."seen"'


def manifest() -> dict:
    def node(kind: str, name: str, parents: list[str], materialized: str = "table") -> dict:
        return {
            "resource_type": kind, "name": name, "schema": "core", "alias": name,
            "original_file_path": f"models/core/{name}.sql", "depends_on": {"nodes": parents},
            "config": {"materialized": materialized, "severity": "WARN"}, "description": "",
            "checksum": {"checksum": "abc"},
        }  # fmt: skip

    return {
        "sources": {
            "s": {"unique_id": "s", "schema": "bronze", "identifier": "sale"},
        },
        "nodes": {
            "test": node("test", "key", ["fct"]),
            "fct": node("model", "fct", ["s", "seed"], "incremental"),
            "seed": node("seed", "channels", []),
            "unit": node("unit_test", "u", ["fct"]),
        },
    }


def test_a_script_has_parents_first_and_only_statements_that_act() -> None:
    anew = {
        "fct": ["BEGIN", "DESCRIBE (select 1)", f"create table {FACT} as select 1", "COMMIT"],
        "seed": ["create table c (x text)", "COPY c FROM 'c.csv' (HEADER) ..."],
        "test": ["BEGIN", "select count(*) from x"],
    }
    change = {
        "fct": [f"create temporary table t as select 1 from {SEEN}", f"delete from {FACT} where y"],
        "seed": ["truncate table c", "COPY c FROM 'c.csv' (HEADER) ..."],
        "test": ["select 1"],
    }
    made = record.compose(manifest(), "f", anew, change)
    assert [step.name for step in made.steps] == ["channels", "fct", "key"]
    seed, fact, test = made.steps
    assert seed.anew[1] == "COPY c FROM 'c.csv' (HEADER)" and seed.content == "abc"
    assert fact.anew == (f"create table {FACT} as select 1",)
    assert fact.reads == ("intermediate.seen",) and fact.replaced == "y"
    assert test.anew == ("select count(*) from x",) and test.only_warns
    assert test.relation == "core.fct"


def test_what_dbt_leaves_out_is_told() -> None:
    """A test on a model that was renamed would otherwise never run again."""
    without = manifest()
    without["nodes"]["test"]["config"]["enabled"] = False
    with pytest.raises(dbt.DbtError, match="left out key"):
        record.compose(without, "f", {}, {})


def test_a_script_is_read_as_it_was_written(tmp_path) -> None:
    made = record.compose(manifest(), "f", {"seed": ["create table c"]}, {"seed": ["truncate c"]})
    made.save(tmp_path / "script.json")
    assert Script.load(tmp_path / "script.json") == made
    (tmp_path / "script.json").write_text(json.dumps({"steps": [{"id": "x"}]}))
    with pytest.raises(ValueError, match="no script of this release"):
        Script.load(tmp_path / "script.json")


def test_the_project_of_today_is_recorded_whole(tmp_path) -> None:
    """Every model, seed and data test has its statements, and none holds a path of a home."""
    home = Home(tmp_path / "home").make()
    made = record.script_of(home)
    nodes = dbt.read_manifest(home.dbt_manifest)["nodes"].values()
    wanted = {n["unique_id"] for n in nodes if n["resource_type"] in ("model", "seed", "test")}
    assert {step.id for step in made.steps} == wanted
    for step in made.steps:
        assert step.anew and step.change, step.name
        assert not any(str(tmp_path) in sql or "baokuan-dbt-" in sql for sql in step.change)
    assert record.script_of(home) == made


def test_the_statements_of_incremental_models_tell_which_rows_they_replace(tmp_path) -> None:
    """Publishing writes only those rows; a model of another form costs its whole table a night."""
    made = record.script_of(Home(tmp_path / "home").make())
    incremental = [step for step in made.steps if step.kind == "incremental"]
    assert len(incremental) > 5
    assert [step.name for step in incremental if step.replaced is None] == []
