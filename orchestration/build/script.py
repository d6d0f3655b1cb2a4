"""The script of a release: for each node the statements that dbt runs, anew and for a change.

dbt costs a twentieth of a second a node whatever the data, and compiles the same text every night.
So it builds an empty warehouse twice when the project changes, all anew and then incrementally, and
its statements are kept. Only their form stands here: recording is in ``record.py``, running them in
``replay.py``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

VIEW, TABLE, INCREMENTAL, SEED, TEST = "view", "table", "incremental", "seed", "test"


@dataclass(frozen=True)
class Step:
    """One node of the project.

    ``parents`` are unique ids (models, seeds, sources); ``reads`` the tables beyond them that the
    statements for a change read: what the last build left. ``anew`` and ``change`` are SQL.
    """

    id: str
    name: str
    kind: str  # view, table, incremental, seed, test
    relation: str  # schema.table; of a test the first table that it looks at
    folder: str  # below the project, for what belongs to a layer
    parents: tuple[str, ...]
    reads: tuple[str, ...]
    anew: tuple[str, ...]
    change: tuple[str, ...]
    only_warns: bool = False
    content: str = ""  # checksum of a seed's file

    @cached_property
    def code(self) -> str:
        """Changes with anything that dbt makes of the node, macros and variables included."""
        return digest([self.kind, self.content, *self.anew, "|", *self.change])

    @cached_property
    def replaced(self) -> str | None:
        """Which rows a change replaces: the condition of its one deletion, the table called ``t``.

        None where the step has no such form: then it isn't known which rows differ.
        """
        schema, _, table = self.relation.partition(".")
        name = f'"warehouse"."{schema}"."{table}"'
        found = [
            match[1]
            for sql in self.change
            for match in re.finditer(rf"\bdelete from {name}\s+where\b([^;]*)", sql, re.I)
        ]
        deletions = sum(len(re.findall(r"\bdelete from\b", sql, re.I)) for sql in self.change)
        if self.kind != INCREMENTAL or len(found) != 1 or deletions != 1:
            return None
        # A bare name means a column of the table, as in the deletion itself.
        return found[0].replace(name, "t").strip()


@dataclass(frozen=True)
class Script:
    """All steps in an order in which they can run."""

    fingerprint: str
    sources: Mapping[str, str]  # unique id → schema.table
    steps: Sequence[Step] = field(default_factory=list)

    @cached_property
    def by_id(self) -> dict[str, Step]:
        return {step.id: step for step in self.steps}

    @cached_property
    def relations(self) -> dict[str, Step]:
        """What is built, by ``schema.table``."""
        return {step.relation: step for step in self.steps if step.kind != TEST}

    def descendants(self, ids: Iterable[str]) -> set[str]:
        """These nodes and all that is made of them; a table read from the last build counts."""
        found = set(ids)
        made = {self.by_id[one].relation for one in found if one in self.by_id}
        for step in self.steps:  # parents stand before their children
            if (
                step.id in found
                or found.intersection(step.parents)
                or made.intersection(step.reads)
            ):
                found.add(step.id)
                made.add(step.relation)
        return found

    def save(self, path: Path) -> None:
        text = json.dumps(asdict(self), ensure_ascii=False)
        path.write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Script:
        """Raises OSError or ValueError when there is none, or not one of this form."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        try:
            steps = [_step(one) for one in raw["steps"]]
            return cls(raw["fingerprint"], raw["sources"], steps)
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} is no script of this release: {error}") from error


def _step(raw: dict[str, Any]) -> Step:
    texts: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()}
    return Step(**texts)


def digest(parts: Iterable[str]) -> str:
    """A short fingerprint of some texts."""
    made = hashlib.sha256()
    for part in parts:
        made.update(part.encode())
        made.update(b"\0")
    return made.hexdigest()[:32]
