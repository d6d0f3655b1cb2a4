"""Every model says what it is and what identifies its rows; the project stays shallow.

Read from the manifest, which is what a run goes by.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from baokuan.home import PROJECT

DEEPEST = 41  # models read one after the other: more and nobody can follow a number
HITS_MODELS = 49  # seven of them are narrow, so that changes are told by whole rows


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "scripts" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


graph = load("model_graph")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BAOKUAN_HOME", "BAOKUAN_CONFIG"):
            patch.setenv(name, "")  # put back as it was, whatever parsing sets
        return graph.parsed()


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def test_every_model_has_a_description_in_both_languages(models: list[dict[str, Any]]) -> None:
    assert len(models) > 100
    bare = [m["name"] for m in models if " / " not in m["description"]]
    assert not bare, f"give these models a description (中文 / English) in the YAML beside: {bare}"


def test_every_model_declares_its_key(models: list[dict[str, Any]]) -> None:
    """``config: meta: key``: the columns that identify a row; empty: one row."""
    bare = [m["name"] for m in models if not isinstance(m["config"]["meta"].get("key"), list)]
    assert not bare, f"declare config.meta.key of these models in the YAML beside: {bare}"
    unknown = [
        f"{m['name']}.{column}"
        for m in models
        for column in m["config"]["meta"]["key"]
        if m["columns"] and column not in m["columns"]
    ]
    assert not unknown, f"keys with columns that the model doesn't have: {unknown}"


def test_a_tested_key_is_the_declared_one(manifest: dict[str, Any]) -> None:
    tests = [
        node
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "unique_key"
    ]
    assert len(tests) > 50
    for test in tests:
        model = manifest["nodes"].get(test["attached_node"])
        if model and model["resource_type"] == "model":
            tested = test["test_metadata"]["kwargs"]["columns"]
            assert model["config"]["meta"]["key"] == tested, model["name"]


def test_the_project_stays_shallow(manifest: dict[str, Any]) -> None:
    read = graph.parents(manifest)
    chain = graph.longest_chain(read)
    assert len(chain) <= DEEPEST, f"fold one of these into its reader: {' → '.join(chain)}"
    hits = [name for name in read if name.startswith("int_hits__")]
    assert len(hits) <= HITS_MODELS, f"{len(hits)} hit models: a model needs two readers or a grain"


def test_models_of_one_folder_are_described_in_it(models: list[dict[str, Any]]) -> None:
    strays = [
        m["name"]
        for m in models
        if Path(m["patch_path"].split("://")[1]).parent != Path(m["original_file_path"]).parent
    ]
    assert not strays, f"described in another folder: {strays}"


def test_longest_chain_is_the_longest() -> None:
    read = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "e"], "e": ["c"], "f": []}
    assert graph.longest_chain(read) == ["a", "c", "e", "d"]
    assert graph.longest_chain({}) == []
