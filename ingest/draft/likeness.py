"""Which canonical feed a file is most like, and which of its columns goes where.

Belongs here: comparing headers and values with contracts. The words other systems use are in
words.yml.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ingest.contract.model import Column, Contract
from ingest.draft.profile import Profile
from ingest.read import table

WORDS = Path(__file__).resolve().parent / "words.yml"
_SAME = {"no": "id", "number": "id", "num": "id", "nr": "id", "key": "id", "code": "id",
         "quantity": "qty", "amount": "amt", "colour": "color", "ids": "id"}  # fmt: skip
_NUMERIC = ("integer", "decimal", "money")
_PLACES = {"city", "country", "zip", "zip id", "postal id", "town"}  # beside them a state is one
AGAINST = 0.6  # what a header that speaks against a feed takes from its likeness


@dataclass
class Match:
    """A feed and the file's columns that would fill its own."""

    contract: Contract
    score: float = 0.0
    chosen: dict[str, Profile] = field(default_factory=dict)  # contract column → file column


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return loaded


def spoken(header: str) -> str:
    """A header as plain words: OrderLineItem, order_line_item → order line item."""
    text = re.sub(r"(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header.strip("\ufeff "))
    parts = re.split(r"[\s_./\\()（）#-]+", text.lower())
    return " ".join(_SAME.get(part, part) for part in parts if part)


def best_feeds(profiles: list[Profile], name: str, contracts: list[Contract]) -> list[Match]:
    """Canonical feeds by likeness, best first."""
    own = [contract for contract in contracts if contract.source is None]
    matches = [match(profiles, name, contract) for contract in own]
    return sorted(matches, key=lambda m: (-m.score, m.contract.feed))


def match(profiles: list[Profile], name: str, contract: Contract) -> Match:
    """Fill a feed's columns from the file's, the surest first, and judge the whole."""
    result = Match(contract)
    in_place = any(spoken(profile.name) in _PLACES for profile in profiles)
    pairs = sorted(
        (
            (quality, -position, column.name, profile)
            for position, column in enumerate(contract.columns)
            for profile in profiles
            if (quality := _quality(column, profile, contract)) > 0
            and not (in_place and column.name == "status" and spoken(profile.name) == "state")
        ),
        key=lambda item: (-item[0], -item[1], item[2], profiles.index(item[3])),
    )
    taken: dict[str, float] = {}
    for quality, _, column_name, profile in pairs:
        if column_name in result.chosen or taken.get(profile.name, 0) - quality > 0.05:
            continue
        result.chosen[column_name] = profile
        taken[profile.name] = max(quality, taken.get(profile.name, 0))
    result.score = _score(result, profiles, name, taken)
    return result


def _score(found: Match, profiles: list[Profile], name: str, taken: dict[str, float]) -> float:
    contract = found.contract
    required = [c for c in contract.columns if c.required]
    weight = sum(2.0 for c in required) or 1.0
    have = sum(2.0 for c in required if c.name in found.chosen)
    filled = [profile for profile in profiles if profile.filled]
    covered = sum(taken.get(profile.name, 0) for profile in filled) / max(len(filled), 1)
    heard = {spoken(profile.name) for profile in profiles}
    doubt = AGAINST if heard & set(words()["against"].get(contract.feed, [])) else 0.0
    return have / weight + covered + _named(contract.feed, name) - doubt


def _named(feed: str, name: str) -> float:
    """Does the file's name speak of the feed? Its last words count most."""
    text = f" {re.sub(r'[0-9]+', ' ', spoken(name))} "
    best = 0.0
    for word in words()["files"].get(feed, []):
        place = text.find(f" {word} ") if word.isascii() else text.find(word)
        if place >= 0:
            ends = text.rstrip().endswith(word) or " data" in text[place + len(word) :]
            best = max(best, 0.5 + 0.6 * word.count(" ") + (0.2 if ends else 0))
    return best


def _quality(column: Column, profile: Profile, contract: Contract) -> float:
    """How sure it is that the file's column is this one: 0 no … 1 its own header."""
    if not column.sources or not _fits(column, profile):
        return 0.0
    header = table.normal_header(profile.name)
    aliases = [table.normal_header(alias) for alias in column.sources]
    if header in aliases:
        return 1.0
    heard, known = spoken(profile.name), words()["columns"].get(column.name, [])
    own = spoken(column.name)
    if heard == own:
        return 0.97
    if heard in known:
        return max(0.93 - 0.04 * known.index(heard), 0.5)
    cjk = [a for a in aliases if not a.isascii() and len(a) >= 2]
    if any(a in header or (len(header) >= 2 and header in a) for a in cjk):
        return 0.6
    near = difflib.SequenceMatcher(None, heard, own).ratio()
    return 0.45 if near > 0.85 else 0.0


def _fits(column: Column, profile: Profile) -> bool:
    """Can the column's values be read as its type?"""
    if column.personal == "account":
        return profile.personal in (None, "mail")
    if column.personal in ("phone", "name", "address"):
        return profile.personal == column.personal
    if profile.personal not in (None, "birthday"):
        return False
    if profile.personal == "birthday" or column.personal == "birthday":
        return profile.personal == column.personal
    if not profile.filled:
        return False
    if column.map:
        known = {*column.map, *column.map.values()}
        return column.required or all(example in known for example in profile.examples)
    if column.type == "text":
        return not (column.id and profile.type in ("date", "boolean"))
    if column.type in _NUMERIC:
        kind = "integer" if column.type == "integer" else "money"
        return profile.shares.get(kind, 0) >= 0.9
    return profile.shares.get(column.type, 0) >= 0.9


def spare(found: Match, profiles: list[Profile]) -> list[Profile]:
    """Columns of the file that fill none of the feed's."""
    used = {id(profile) for profile in found.chosen.values()}
    return [profile for profile in profiles if id(profile) not in used]


def evidence(found: Match) -> dict[str, Any]:
    required = [c.name for c in found.contract.columns if c.required and c.sources]
    return {
        "found": sum(1 for name in required if name in found.chosen),
        "required": len(required),
        "columns": len(found.chosen),
    }
