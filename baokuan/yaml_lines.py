"""YAML with the line of every key kept, so that a mistake can be told with file and line.

Only parsing belongs here; what the keys mean does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class YamlError(ValueError):
    """A file that is not what it should be; says file, line and what is wrong."""


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


class _Texts(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML whose scalars all stay text: 01, no and 2025-09-01 are codes before all else."""


_Texts.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:null"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Plain: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(file: Path, *, texts: bool = False) -> Document:
    """Parse one file; with ``texts`` numbers, dates and flags stay as they are written.

    Raises:
        YamlError: not YAML, not a mapping, or a key written twice.
    """
    try:
        loader = (_Texts if texts else _Plain)(file.read_text(encoding="utf-8"))
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise YamlError(f"{file}:1: expected names and values, like 'name: value'")
        lines: dict[tuple[str, ...], int] = {(): 1}
        return Document(file, _Reader(file, lines, loader).value(node, ()), lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise YamlError(f"{file}:{line}: not valid YAML: {error.problem}") from error
    except UnicodeDecodeError as error:
        raise YamlError(f"{file}:1: not UTF-8; save it as UTF-8") from error


@dataclass(frozen=True)
class _Reader:
    file: Path
    lines: dict[tuple[str, ...], int]
    loader: Any

    def value(self, node: yaml.Node, path: tuple[str, ...]) -> Any:
        """What a node says; the lines of its keys are noted."""
        if isinstance(node, yaml.MappingNode):
            data: dict[str, Any] = {}
            for key, value in node.value:
                name, line = str(key.value), key.start_mark.line + 1
                if name in data:
                    raise YamlError(f"{self.file}:{line}: key '{name}' is written twice")
                self.lines[(*path, name)] = line
                data[name] = self.value(value, (*path, name))
            return data
        if isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self.lines[(*path, str(index))] = value.start_mark.line + 1
            return [self.value(item, (*path, str(n))) for n, item in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:str":
            return node.value
        return self.loader.construct_object(node)
