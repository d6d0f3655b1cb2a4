"""The schema for editors says what the specs say, and every built-in contract follows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from ingest.contract import schema
from ingest.contract.load import BUILT_IN


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it: only true and false are flags."""


Yaml12.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] not in BOTH]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    for BOTH in [("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema.FILE.read_text(encoding="utf-8")))


def test_the_committed_schema_is_the_rendered_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert schema.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_a_schema_that_drifted_is_told_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "schema.json"
    other.write_text(schema.rendered().replace('"open_end"', '"open_ende"'), encoding="utf-8")
    monkeypatch.setattr(schema, "FILE", other)
    assert schema.main(["--check"]) == 1
    assert '-    "open_ende": {' in capsys.readouterr().out
    assert schema.main([]) == 0 and schema.main(["--check"]) == 0


def test_every_built_in_contract_follows_the_schema(validator: Draft202012Validator) -> None:
    for path in sorted(BUILT_IN.rglob("*.yml")):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=Yaml12)
        assert [f"{path}: {e.json_path} {e.message}" for e in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    "wrong",
    [{"colums": {}}, {"mode": "deltas"}, {"columns": {"a": "b"}},
     {"columns": {"a": {"typ": "text"}}}, {"steps": [{"wher": "x"}]},
     {"steps": [{"one_per": {"columns": "a", "keep": "all"}}]}],
)  # fmt: skip
def test_what_the_loader_refuses_an_editor_marks(
    validator: Draft202012Validator, wrong: dict[str, object]
) -> None:
    good = {"feed": "a", "match": {"path": "x"}, "columns": {"a": {"from": ["b"], "doc": "x"}}}
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({**good, **wrong}))
