"""Nothing that an incremental model is made of can change without its rows being recomputed.

Read from dbt's manifest: what an incremental model reads, directly or through others, is watched (a
``watch`` in its YAML), a feed whose new files its touched keys are read from, or another
incremental model of its stage. What belongs here: that structure. What the checksums find is
tested on data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from baokuan.home import Home
from orchestration import dbt
from orchestration.build import record

CHANGES = "models/intermediate/changes/"
# The day itself: the last two days are recomputed whatever changed.
THE_DAY = "source.baokuan.bronze._run"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = Home(tmp_path_factory.mktemp("home")).make()
    record.script_of(home)
    return dbt.read_manifest(home.dbt_manifest)


def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }


def meta(node: dict[str, Any]) -> dict[str, Any]:
    return node["config"]["meta"]


def incremental(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = models(manifest).items()
    return {n: node for n, node in found if node["config"]["materialized"] == "incremental"}


def parents(manifest: dict[str, Any], name: str) -> list[str]:
    node = manifest["nodes"].get(name, {})
    found: list[str] = node.get("depends_on", {}).get("nodes", [])
    return found


def ancestors(manifest: dict[str, Any], name: str) -> set[str]:
    found: set[str] = set()
    waiting = list(parents(manifest, name))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += parents(manifest, one)
    return found


def unwatched(manifest: dict[str, Any], name: str, stage: str) -> Iterator[list[str]]:
    """Ways from a source to the model on which nothing is watched, as names."""
    nodes = models(manifest)

    def walk(one: str, way: list[str]) -> Iterator[list[str]]:
        for parent in parents(manifest, one):
            node = nodes.get(parent)
            here = [parent.rpartition(".")[2], *way]
            if parent.startswith("source."):
                yield here
            elif node is None or node["original_file_path"].startswith(CHANGES):
                continue  # a seed is part of the release, and the mechanism itself
            elif not (
                any(watch["stage"] == stage for watch in meta(node).get("watch", []))
                or (parent in incremental(manifest) and meta(node)["stage"] == stage)
            ):
                yield from walk(parent, here)

    yield from walk(name, [name.rpartition(".")[2]])


def test_every_incremental_model_belongs_to_a_stage(manifest) -> None:
    stages = {name: meta(node).get("stage") for name, node in incremental(manifest).items()}
    assert {name: stage for name, stage in stages.items() if stage not in ("facts", "hits")} == {}


def test_what_an_incremental_model_reads_is_watched(manifest) -> None:
    for name, node in incremental(manifest).items():
        stage = meta(node)["stage"]
        touched = meta(node).get("touched", "int_hits__touched")
        feeds = ancestors(manifest, f"model.baokuan.{touched}")
        known = {one.rpartition(".")[2] for one in (*feeds, THE_DAY)} if stage == "facts" else set()
        known |= {THE_DAY.rpartition(".")[2]}
        ways = [way for way in unwatched(manifest, name, stage) if way[0] not in known]
        assert ways == [], (
            f"{node['name']}: nothing notices a change of {ways[0][0]}, read by way of "
            f"{' > '.join(ways[0])}; declare a watch (config.meta.watch) of stage {stage} in the "
            "YAML of a model on that way"
        )


def test_what_was_taken_in_is_remembered_after_all_that_was_made_of_it(manifest) -> None:
    for name, node in models(manifest).items():
        calls = node["raw_code"]
        uses = [stage for stage in ("facts", "hits") if f"is_delta('{stage}')" in calls
                or f"only_touched('{stage}'" in calls]  # fmt: skip
        if node["config"]["materialized"] == "incremental":
            uses.append(meta(node)["stage"])
        for stage in set(uses):
            seen = f"model.baokuan.int_changes__{stage}_seen"
            assert name in ancestors(manifest, seen), (
                f"{node['name']} is built as a delta, so int_changes__{stage}_seen must come "
                f"after it: write `-- depends_on: {{{{ ref('{node['name']}') }}}}` there"
            )


def test_a_way_without_a_watch_is_found(manifest) -> None:
    """The check can fail: without its watch, prices would change unnoticed."""
    changed = {**manifest, "nodes": dict(manifest["nodes"])}
    price = changed["nodes"]["model.baokuan.dim_price"]
    bare = {**price, "config": {**price["config"], "meta": {}}}
    changed["nodes"]["model.baokuan.dim_price"] = bare
    ways = unwatched(changed, "model.baokuan.fct_sale_line", "facts")
    assert any("erp_price" in way for way in ways)
