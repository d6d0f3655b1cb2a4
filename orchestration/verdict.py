"""How a run ended, in words and as the exit code that a shell or a scheduler sees. All pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PUBLISHED, PUBLISHED_WITH_ITEMS, NOT_PUBLISHED = 0, 1, 2
# Outcomes that somebody has to look at. A duplicate or a loaded file needs nobody, nor does an
# empty one without a reason: a header alone says that a store sold nothing.
_OPEN = ("blocked", "held", "unknown", "empty")


@dataclass(frozen=True)
class Item:
    """One thing left to do: a file or a feed, what is wrong, and the remedy."""

    what: str
    status: str
    reason: str
    remedy: str = ""

    def line(self) -> str:
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{self.status:8} {self.what}: {self.reason}{remedy}"


@dataclass(frozen=True)
class Verdict:
    exit_code: int
    headline: str
    items: list[Item] = field(default_factory=list)


def judge(
    status: str,
    reason: str | None,
    version: str | None,
    outcomes: Iterable[Any],
    held: Mapping[str, str],
    unchanged: str | None = None,
) -> Verdict:
    """Exit code, headline and open items of a run.

    Args:
        status: success, refused or failed.
        reason: why it didn't succeed.
        version: the version published by this run, if any.
        outcomes: the outcomes of the files this run looked at.
        held: feeds whose new files a gate holds back, with the reason.
        unchanged: the version that serves, when this run found nothing new.
    """
    items = open_items(outcomes, held)
    if status != "success":
        kept = "the version published before still serves"
        return Verdict(NOT_PUBLISHED, f"{status}: {reason or 'no reason known'}; {kept}", items)
    done = f"published {version}" if version else "done; this run publishes nothing"
    if unchanged:
        done = f"nothing new: {unchanged} still serves, nothing was built or published"
    if items:
        return Verdict(PUBLISHED_WITH_ITEMS, f"{done}, with {len(items)} open item(s)", items)
    return Verdict(PUBLISHED, done)


def open_items(outcomes: Iterable[Any], held: Mapping[str, str]) -> list[Item]:
    """Files and feeds that need somebody, the gravest first."""
    items = [
        Item(
            feed,
            "held",
            why,
            "mend the export and land it again, or accept it: baokuan ingest release",
        )
        for feed, why in sorted(held.items())
    ]
    for outcome in outcomes:
        told = outcome.status == "held" and outcome.feed in held
        quiet = outcome.status == "empty" and not outcome.reason
        if outcome.status in _OPEN and not told and not quiet:
            items.append(
                Item(outcome.source, outcome.status, outcome.reason or "", outcome.remedy or "")
            )
    return sorted(items, key=lambda item: _OPEN.index(item.status))
