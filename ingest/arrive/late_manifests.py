"""A manifest that comes after its files judges them all the same.

Belongs here: which loaded files a new manifest speaks of, holding back those that are not what it
says, and letting them through when a right one comes. What "not whole" means is the guard's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from baokuan.home import Home
from ingest import outcomes
from ingest.outcomes import Outcome

Differs = Callable[[Outcome], str]  # what is wrong with a file, empty if nothing


def meant(names: set[str], known: Iterable[Outcome]) -> list[Outcome]:
    """The latest file of each name and contract; one name may come every day."""
    latest: dict[tuple[str, str], Outcome] = {}
    for outcome in sorted(known, key=lambda o: (o.batch, o.file_id)):
        named = PurePosixPath(outcome.source).name in names
        if named and outcome.status in ("loaded", "held", "empty"):
            latest[outcome.source, outcome.contract] = outcome
    return sorted(latest.values(), key=lambda o: (o.source, o.contract))


def judge(
    home: Home, found: list[Outcome], differs: Differs, sent: str, batch: int
) -> list[Outcome]:
    """Hold loaded files that differ, release files held for a manifest that now agree.

    Returns the outcomes that changed, already written.
    """
    changed = []
    for outcome in found:
        wrong = differs(outcome)
        if wrong and outcome.status in ("loaded", "empty"):
            outcome.status, outcome.reason = "held", f"{sent} {wrong}"
            outcome.remedy = (
                "the manifest came after the file: send the file again, or a right manifest; if "
                f"this file is right: baokuan ingest release {outcome.file_id}"
            )
            outcome.rows_held, outcome.rows_kept = outcome.rows_kept, 0
        elif not wrong and outcome.status == "held" and outcome.reason.startswith(sent):
            outcome.status, outcome.reason, outcome.remedy = "loaded", "", ""
            outcome.rows_kept, outcome.rows_held = outcome.rows_held, 0
            outcome.batch = batch
        else:
            continue
        outcomes.write(home, outcome)
        changed.append(outcome)
    return changed
