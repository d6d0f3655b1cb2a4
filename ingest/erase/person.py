"""Erases a person: from bronze, quarantine, archived originals, the warehouse and older versions.

Belongs here: who that is, which rows hold them, and cleaning those. Rows of master data go, rows of
sales stay without the person. All of it becomes true at once (``swap``); later files are cleaned
when they come. Older published versions are removed by ``serving`` once a clean one serves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from baokuan import lock
from baokuan.home import Home
from ingest import outcomes
from ingest.bronze import rewrite, swap, write
from ingest.contract import Contract
from ingest.erase import erased, originals
from ingest.erase.erased import Gone, member_hash
from ingest.outcomes import Outcome
from ingest.personal import keys, normalise

MASTER = "crm_"  # feeds whose rows are persons
MEMBERS = ("member_no", "merged_into")


@dataclass
class Erased:
    """What was done; no personal data in it."""

    members: int = 0
    files: int = 0
    rows_removed: int = 0
    rows_cleaned: int = 0
    quarantined: int = 0
    originals_cleaned: int = 0
    originals_removed: int = 0
    left: list[str] = field(default_factory=list)  # paths in landing/ that hold the person still


def erase(
    home: Home, contracts: list[Contract], phone: str | None = None, member: str | None = None
) -> Erased:
    """Erase the person with a phone or a member number.

    Raises:
        ValueError: the phone cannot be read.
        LockedError: an ingest is running.
    """
    with lock.intake(home).held():
        key = keys.load()
        number = swap.start(home)
        gone = Gone()
        numbers = {member} if member else set()
        if phone is not None:
            e164 = normalise.phone(phone)
            if e164 in (normalise.MASKED, normalise.INVALID):
                raise ValueError("that is not a whole phone number; write it like +86 138…")
            gone.keys.add(keys.hashed(key, "phone", e164))
        numbers |= _closure(home, contracts, gone, numbers)
        gone.members = {member_hash(key, n) for n in numbers}
        known = erased.read(home)
        known.keys |= gone.keys
        known.members |= gone.members
        known.until = outcomes.next_batch(outcomes.read_all(home))
        # First the list: after a kill the next run finishes what the list asks for.
        erased.write(home, Gone(known.keys, known.members, 0))
        done = _clean(home, contracts, gone, key, outcomes.read_all(home), number)
        done.members = len(numbers)
        done.left = originals.holding(home, numbers, phone)
        erased.write(home, known)
        line: dict[str, object] = {"at": datetime.now(UTC).isoformat(), "what": "person erased"}
        line |= {name: count for name, count in vars(done).items() if isinstance(count, int)}
        erased.log(home, line)
        return done


def again(home: Home, contracts: list[Contract]) -> Erased | None:
    """Clean the files that have come since of everyone erased before; the caller holds the lock."""
    known = erased.read(home)
    if not known:
        return None
    fresh = [o for o in outcomes.read_all(home) if o.batch > known.until]
    if not fresh:
        return None
    done = _clean(home, contracts, known, keys.load(), fresh, swap.start(home))
    known.until = max(o.batch for o in outcomes.read_all(home))
    erased.write(home, known)
    return done


def _closure(home: Home, contracts: list[Contract], gone: Gone, numbers: set[str]) -> set[str]:
    """Member numbers of the person, merged ones too; their other keys are added to ``gone``.

    A phone that is also another member's stays: it may be a family's.
    """
    contract = next((c for c in contracts if c.feed == "crm_member" and not c.source), None)
    paths = [
        str(home.root / o.bronze_path)
        for o in outcomes.read_all(home)
        if o.feed == "crm_member" and o.bronze_path
    ]
    if contract is None or not paths:
        return numbers
    source = "read_parquet(?, union_by_name = true)"
    with duckdb.connect(":memory:") as con:
        described = con.execute(f"describe select * from {source}", [paths]).fetchall()
        there = {row[0] for row in described}
        columns = [name for name in rewrite.key_columns(contract) if name in there]
        picks = ", ".join(["member_no", "merged_into", *columns])
        rows = con.execute(f"select distinct {picks} from {source}", [paths]).fetchall()
    found = set(numbers)
    while True:
        more = set(found)
        for number, merged, *hashes in rows:
            if number in more or (merged and merged in more) or gone.keys & set(hashes):
                more |= {number, *([merged] if merged else [])}
        if more == found:
            break
        found = more
    others = {h for number, _, *hashes in rows if number not in found for h in hashes if h}
    for number, _, *hashes in rows:
        if number in found:
            gone.keys |= {h for h in hashes if h and h not in others}
    return found


def _clean(
    home: Home, contracts: list[Contract], gone: Gone, key: bytes, files: list[Outcome], number: int
) -> Erased:
    """Clean bronze, quarantine and originals of some files."""
    by_name = {c.name: c for c in contracts} | {c.feed: c for c in contracts if not c.source}
    done, changed, dead = Erased(), [], []
    held: list[tuple[Outcome, Contract, set[int]]] = []
    for outcome in files:
        contract = by_name.get(outcome.contract) or by_name.get(outcome.feed)
        if contract is None or outcome.status == "duplicate":
            continue
        hit = originals.rows_of(home, outcome, contract, gone, key)
        before = (outcome.bronze_path, outcome.quarantine_path)
        removed = _bronze(home, outcome, contract, gone, key, number, done, hit)
        quarantined = _quarantine(home, outcome, hit, number)
        if before != (outcome.bronze_path, outcome.quarantine_path):
            dead += [p for p in before if p and p not in vars(outcome).values()]
            outcome.rows_skipped = outcome.rows_skipped | {
                "erased": outcome.rows_skipped.get("erased", 0) + removed
            }
            changed.append(outcome)
        done.quarantined += quarantined
        if hit:
            held.append((outcome, contract, hit))
    done.files = len(changed)
    if changed:
        batch = outcomes.next_batch(outcomes.read_all(home))
        for outcome in changed:
            outcome.batch = batch
        swap.commit(home, changed, dead)
    for outcome, contract, hit in held:  # last: they tell which rows are the person's
        cleaned = originals.clean_original(home, outcome, contract, hit)
        done.originals_cleaned += cleaned == "cleaned"
        done.originals_removed += cleaned == "removed"
    return done


def _bronze(
    home: Home, outcome: Outcome, contract: Contract, gone: Gone, key: bytes, number: int,
    done: Erased, hit: set[int],
) -> int:  # fmt: skip
    """Remove or clean the person's rows in bronze; the number removed. Hit rows are added."""
    if outcome.bronze_path is None:
        return 0
    is_master = outcome.feed.startswith(MASTER)
    free = [c.name for c in contract.columns if c.personal == "free_text"]
    secret = [*rewrite.key_columns(contract), *MEMBERS, *free]
    counts = {"removed": 0, "cleaned": 0}

    def change(part: pa.Table) -> pa.Table | None:
        mask = _mask(part, contract, gone, key)
        mask = pc.or_(mask, pc.is_in(part["_row_no"], pa.array(sorted(hit), pa.int64())))
        count = pc.sum(mask).as_py() or 0
        if not count:
            return None
        hit.update(part.filter(mask)["_row_no"].to_pylist())
        if is_master:
            counts["removed"] += count
            return part.filter(pc.invert(mask))
        counts["cleaned"] += count
        for name in secret:
            if name in part.column_names:
                column = part[name].cast(pa.string())
                empty = pa.nulls(part.num_rows, pa.string())
                place = part.column_names.index(name)
                part = part.set_column(place, name, pc.if_else(mask, empty, column))
        return part

    path = swap.beside(outcome.bronze_path, number)
    rows = rewrite.rewrite(home.root / outcome.bronze_path, home.root / path, contract, change)
    if rows is not None:
        outcome.bronze_path = path
        if outcome.status == "held":
            outcome.rows_held -= counts["removed"]
        else:
            outcome.rows_kept -= counts["removed"]
    done.rows_removed += counts["removed"]
    done.rows_cleaned += counts["cleaned"]
    return counts["removed"]


def _mask(part: pa.Table, contract: Contract, gone: Gone, key: bytes) -> pa.Array:
    """Which rows hold the person: by a keyed hash, a token, or a member number."""
    mask = pa.array([False] * part.num_rows)
    tokens = {f"p{digest}" for digest in gone.keys}
    for name in rewrite.key_columns(contract):
        mask = _or(mask, part, name, gone.keys)
    for name in rewrite.token_columns(contract):
        mask = _or(mask, part, name, tokens)
    for name in MEMBERS:
        if name in part.column_names and gone.members:
            known = pc.unique(part[name].cast(pa.string())).to_pylist()
            mine = {n for n in known if n and member_hash(key, n) in gone.members}
            mask = _or(mask, part, name, mine)
    return mask


def _or(mask: pa.Array, part: pa.Table, name: str, values: set[str]) -> pa.Array:
    if name not in part.column_names or not values:
        return mask
    column = part[name].cast(pa.string()).combine_chunks()
    return pc.or_(mask, pc.is_in(column, pa.array(sorted(values), pa.string())))


def _quarantine(home: Home, outcome: Outcome, hit: set[int], number: int) -> int:
    """Take texts of the person's rows out of quarantine; their reasons stay."""
    if outcome.quarantine_path is None or not hit:
        return 0
    lines = pq.read_table(home.root / outcome.quarantine_path).to_pylist()
    mine = [line for line in lines if line["row_no"] in hit and (line["raw"] or line["value"])]
    if not mine:
        return 0
    for line in mine:
        line["raw"], line["value"] = "{}", None
    path = swap.beside(outcome.quarantine_path, number)
    write.write_quarantine(home.root / path, lines)
    outcome.quarantine_path = path
    return len(mine)
