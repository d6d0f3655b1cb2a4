"""What the last build of a home left: of what each node was made, and which tests it passed.

One JSON file beside the warehouse. It says "underway" from the first statement to the last, so that
after a crash nothing is taken for unchanged.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from baokuan.files import write_atomic
from baokuan.home import Home


@dataclass
class State:
    """``keys`` and ``codes`` by node, ``versions`` by ``schema.table``."""

    fingerprint: str = ""
    whole: str = ""  # key of the whole build; empty when it did not end well
    underway: bool = False
    keys: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)  # by schema.table
    codes: dict[str, str] = field(default_factory=dict)
    passed: dict[str, str] = field(default_factory=dict)  # tests: the key they passed with
    rows: dict[str, int] = field(default_factory=dict)  # by schema.table
    is_tested: bool = False  # the last whole build ran its tests


def path_of(home: Home) -> Path:
    return home.warehouse.with_name("built.json")


def read(home: Home) -> State:
    """An empty state where there is none, it can't be read, or a build was interrupted.

    After an interruption fingerprint and codes still count: the tables are there, made by them.
    """
    try:
        raw = json.loads(path_of(home).read_text(encoding="utf-8"))
        found = State(**raw)
    except (OSError, ValueError, TypeError):
        return State()
    if found.underway:
        return State(fingerprint=found.fingerprint, codes=found.codes)
    return found


def write(home: Home, state: State) -> None:
    write_atomic(path_of(home), json.dumps(asdict(state), ensure_ascii=False))


def forget(home: Home) -> None:
    """Nothing is known of the warehouse any more: the next build makes everything anew."""
    path_of(home).unlink(missing_ok=True)
