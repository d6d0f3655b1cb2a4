"""Which room may import which, and how long a Python file may get; read from the source files."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
FILE_LINES = 400

# Data goes one way: a room may know those before it, never those after it.
MAY_IMPORT = {
    "baokuan": set(),
    "catalogue": {"baokuan"},
    "simulator": {"baokuan"},
    "ingest": {"baokuan"},
    "serving": {"baokuan", "catalogue", "ingest"},
    "quality": {"baokuan", "catalogue", "ingest", "serving"},
    "dashboards": {"baokuan", "catalogue", "serving"},
    "orchestration": {"baokuan", "ingest", "quality", "serving"},
    # The front door: it calls every room but the simulator, and no room knows it.
    "command": {
        *("baokuan", "catalogue", "ingest", "serving"),
        *("quality", "dashboards", "orchestration"),
    },
}
# The folders of a room, and modules beside them, in the order in which they build on each other:
# each may know itself and those before it. Modules that are not listed (a command line) are free.
FOLDERS = {
    "ingest": (
        "sql",
        "personal",
        "contract",
        "outcomes",
        "read",
        "arrive",
        "shape",
        "value",
        "bronze",
        "erase",
        "load",
        "explain",
        "draft",
        "commands",
    ),
    "simulator": ("world", "trade", "papers", "exports", "more", "truth"),
}
# Libraries that only one room may know.
OWNED = {
    "dagster": "orchestration",
    "dbt": "orchestration",
    "superset": "dashboards",
    "great_expectations": "quality",
}


def modules(source: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported, inside functions as well."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def upward(room: str, name: str, source: str) -> Iterator[str]:
    """Imports of a folder that comes later; and a folder whose place in the order nobody gave."""
    order = FOLDERS.get(room, ())
    parts = name.split("/")[1:]
    folder = parts[0].removesuffix(".py") if parts else ""
    if not order or (folder not in order and len(parts) < 2):
        return
    if folder not in order:
        yield f"{name}:1: {room}/{folder}/ has no place in FOLDERS of scripts/check_layers.py"
        return
    for line, module in modules(source):
        names = module.split(".")
        other = names[1] if names[0] == room and len(names) > 1 else ""
        if other in order and order.index(other) > order.index(folder):
            yield f"{name}:{line}: {room}/{folder} must not import {room}/{other}, which is later"


def check(room: str, name: str, source: str) -> Iterator[str]:
    """What is wrong with one file of a room."""
    packages = dict.fromkeys((n, module.partition(".")[0]) for n, module in modules(source))
    for line, package in packages:
        if package in MAY_IMPORT and package != room and package not in MAY_IMPORT[room]:
            yield f"{name}:{line}: {room}/ must not import {package}/"
        if OWNED.get(package, room) != room:
            yield f"{name}:{line}: only {OWNED[package]}/ may import {package}"
    yield from upward(room, name, source)


def findings(root: Path = PROJECT) -> list[str]:
    found: list[str] = []
    for room in MAY_IMPORT:
        for path in sorted((root / room).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            found += check(room, name, path.read_text(encoding="utf-8"))
    for folder in (*MAY_IMPORT, "tests", "scripts", "bench"):
        for path in sorted((root / folder).rglob("*.py")):
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > FILE_LINES:
                found.append(f"{path.relative_to(root)}: {lines} lines, over {FILE_LINES}")
    return found


def main() -> int:
    found = findings()
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
