"""YAML with the line of every key kept, so that a contract error can point at its line.

Only parsing belongs here; what the keys mean does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ingest.contract.model import ContractError


@dataclass(frozen=True)
class Document:
    """Parsed YAML and, for each path of keys, the line it starts on."""

    file: Path
    data: dict[str, Any]
    lines: dict[tuple[str, ...], int]

    def where(self, *path: str) -> str:
        """``file:line`` of a key, or of the nearest key above it that is written."""
        for depth in range(len(path), -1, -1):
            if path[:depth] in self.lines:
                return f"{self.file}:{self.lines[path[:depth]]}"
        return f"{self.file}:1"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML whose scalars all stay text: 01, no and 2025-09-01 are codes before all else."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:null"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(file: Path) -> Document:
    """Parse one contract file.

    Raises:
        ContractError: not YAML, not a mapping, or a key written twice.
    """
    try:
        loader = _Loader(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ContractError(f"{file}:1: a contract is a mapping that starts with 'feed:'")
        lines: dict[tuple[str, ...], int] = {(): 1}
        return Document(file, _value(node, (), lines, file), lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ContractError(f"{file}:{line}: not valid YAML: {error.problem}") from error
    except UnicodeDecodeError as error:
        raise ContractError(f"{file}:1: not UTF-8; save the contract as UTF-8") from error


def _value(
    node: yaml.Node, path: tuple[str, ...], lines: dict[tuple[str, ...], int], file: Path
) -> Any:
    """What a node says; the lines of its keys go to ``lines``."""
    if isinstance(node, yaml.MappingNode):
        data: dict[str, Any] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in data:
                raise ContractError(f"{file}:{line}: key '{name}' is written twice")
            lines[(*path, name)] = line
            data[name] = _value(value, (*path, name), lines, file)
        return data
    if isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, str(index))] = value.start_mark.line + 1
        return [_value(v, (*path, str(n)), lines, file) for n, v in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value
