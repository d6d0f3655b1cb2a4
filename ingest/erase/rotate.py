"""A new key for personal data: every hash in bronze is taken one key further, so people still join.

Belongs here: rotation. What a key is stands in ``personal/keys``, the all-or-nothing of it in
``swap``. No original is needed; a kill at any moment leaves the old key with the old hashes or the
new one with the new.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from baokuan import lock
from baokuan.home import Home
from ingest import outcomes
from ingest.bronze import rewrite, swap
from ingest.contract import Contract
from ingest.erase import erased
from ingest.personal import keys

_TOKEN = re.compile(r"p[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Rotated:
    """What a rotation did."""

    version: int  # number of keys a hash now goes through
    files: int
    unchanged: int


def rotate(home: Home, contracts: list[Contract]) -> Rotated:
    """Add a key and take every hash in bronze through it.

    Raises:
        LockedError: an ingest is running.
    """
    with lock.intake(home).held():
        number = swap.start(home)
        key = keys.load()
        added = keys.prepare(key)
        by_name = {c.name: c for c in contracts} | {c.feed: c for c in contracts if not c.source}
        memory: dict[str, str] = {}

        def further(text: str | None) -> str | None:
            if text is None:
                return None
            bare, head = (text[1:], "p") if _TOKEN.fullmatch(text) else (text, "")
            if not _HASH.fullmatch(bare):
                return text
            if bare not in memory:
                memory[bare] = keys.advanced(added, bare)
            return head + memory[bare]

        changed, gone, unchanged = [], [], 0
        everything = outcomes.read_all(home)
        batch = outcomes.next_batch(everything)
        for outcome in everything:
            contract = by_name.get(outcome.contract) or by_name.get(outcome.feed)
            if outcome.bronze_path is None or contract is None:
                continue
            path = swap.beside(outcome.bronze_path, number)
            rows = rewrite.rewrite(
                home.root / outcome.bronze_path,
                home.root / path,
                contract,
                lambda part, contract=contract: _advanced(part, contract, further),  # type: ignore[misc]
                renumber=True,
            )
            if rows is None:
                unchanged += 1
                continue
            gone.append(outcome.bronze_path)
            outcome.bronze_path, outcome.batch = path, batch
            changed.append(outcome)
        erased.advance(home, added)
        swap.commit(home, changed, gone)
        erased.log(home, {"at": datetime.now(UTC).isoformat(), "what": "key rotated",
                          "files": len(changed)})  # fmt: skip
        return Rotated(len(key.later) + 2, len(changed), unchanged)


def _advanced(
    part: pa.Table, contract: Contract, further: Callable[[str | None], str | None]
) -> pa.Table | None:
    """The part with every hash and token taken one key further."""
    touched = False
    for name in (*rewrite.key_columns(contract), *rewrite.token_columns(contract)):
        if name not in part.column_names:
            continue
        coded = part[name].combine_chunks()
        if not pa.types.is_dictionary(coded.type):
            coded = coded.dictionary_encode()
        old = coded.dictionary.to_pylist()
        is_key = name.endswith("_key")
        new = [further(v) if is_key or (v and _TOKEN.fullmatch(v)) else v for v in old]
        if new != old:
            touched = True
            values = pc.take(pa.array(new, pa.string()), coded.indices)
            part = part.set_column(part.column_names.index(name), name, values)
    return part if touched else None
