"""YAML keeps its lines; a mistake in a spec names the key that was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import ValidationError

from baokuan import yaml_lines
from baokuan.spec import Spec, Texts, problems, wrong


class Inner(Spec):
    noun = "step"
    size: int
    names: Texts = ()


class Outer(Spec):
    kind: Literal["a", "b"]
    parts: tuple[Inner, ...] = ()
    by_name: dict[str, Inner] = {}  # noqa: RUF012


def told(data: object) -> list[tuple[str, tuple[str, ...]]]:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(data)
    return list(problems(caught.value, Outer))


def test_lines_of_keys_and_the_nearest_one_above(tmp_path: Path) -> None:
    file = tmp_path / "x.yml"
    file.write_text("a:\n  - {b: 01, c: no}\n  - d: 2026-10-31\n", encoding="utf-8")
    document = yaml_lines.read(file)
    assert document.where("a", "1", "d") == f"{file}:3"
    assert document.where("a", "0", "b", "deeper") == f"{file}:2"
    assert document.where("nothing") == f"{file}:1"
    assert document.data["a"][0] == {"b": 1, "c": False}
    assert yaml_lines.read(file, texts=True).data["a"] == [
        {"b": "01", "c": "no"}, {"d": "2026-10-31"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"a: 1\na: 2\n", ":2: key 'a' is written twice"), (b"- a\n", ":1: expected names"),
     (b"a: [1\n", ":2: not valid YAML"), (b"a: \xff\n", ":1: not UTF-8")],
)  # fmt: skip
def test_what_is_no_yaml_is_told_with_its_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "x.yml"
    file.write_bytes(content)
    with pytest.raises(yaml_lines.YamlError, match=f"{file}{message}"):
        yaml_lines.read(file)


def test_unknown_and_missing_keys_and_wrong_values() -> None:
    assert told({"kind": "a", "parts": [{"size": 1}, {"sise": 2}]}) == [
        ("'size' is missing; it needs 'size'", ("parts", "1", "size")),
        ("unknown step 'sise'; did you mean 'size'?", ("parts", "1", "sise")),
    ]
    assert told({"kind": "c", "by_name": {"x": {"size": 1, "other": 2}}}) == [
        ("kind 'c' must be a or b", ("kind",)),
        ("unknown step 'other'; known: names, size", ("by_name", "x", "other")),
    ]
    ((message, path),) = told({"kind": "a", "parts": [{"size": 1, "names": {"a": "b"}}]})
    assert (message, path) == ("'names' must be a list", ("parts", "0", "names"))


def test_braces_in_a_message_stay() -> None:
    assert wrong("write {a: b}").message() == "write {a: b}"
