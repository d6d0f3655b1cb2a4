"""What would become of a file, told without loading it.

Belongs here: trying a file in a folder of its own, and gathering what a person needs to know.
Nothing is written to the home folder and the file stays as it is. How the findings look on a
terminal or as a page is in ``report``.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import duckdb

from baokuan.home import Home
from ingest import outcomes
from ingest.arrive.landing import Landed
from ingest.arrive.match import unknown_remedy
from ingest.contract import Contract, expressions
from ingest.contract.steps import OnePer
from ingest.explain import repairs
from ingest.explain.findings import EXAMPLES, Finding
from ingest.load.run import try_file
from ingest.outcomes import Outcome
from ingest.shape.lookups import used_for
from ingest.sql import ident

_TRIAL_KEY = bytes(32)  # hashes of a trial are thrown away with its folder


@dataclass
class Checked:
    """What one contract would make of the file."""

    outcome: Outcome
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def check(
    home: Home, path: Path, contracts: list[Contract], place: str | None = None
) -> list[Checked]:
    """Try a file under every contract that matches it. Look-ups read what has landed, and the
    files that lie beside it.

    Args:
        place: where the file would lie below landing/; found out from its path when left away.
    """
    relative = place or _place(home, path, contracts)
    landed = Landed(path, relative, path.stat().st_size)
    with tempfile.TemporaryDirectory(prefix="baokuan-check-") as folder:
        scratch = Home(Path(folder) / "home")
        tried = try_file(scratch, landed, contracts, _TRIAL_KEY, home, path.resolve().parent)
        result = []
        for outcome in tried:
            if outcome.status == "unknown":
                outcome.remedy = unknown_remedy(landed, contracts)
            checked = Checked(outcome)
            if outcome.status in ("loaded", "empty"):
                contract = next(c for c in contracts if c.name == outcome.contract)
                _gather(scratch, checked, contract)
                if outcome.status == "loaded":
                    checked.findings[1:1] = repairs.findings(path, contract)
            _known(home, checked)
            result.append(checked)
    return result


def _place(home: Home, path: Path, contracts: list[Contract]) -> str:
    """The path below landing/, or the part of the path that a contract matches."""
    whole = path.resolve()
    if whole.is_relative_to(home.landing):
        return whole.relative_to(home.landing).as_posix()
    parts = whole.parts[1:]
    for depth in range(1, min(len(parts), 4) + 1):
        tail = PurePosixPath(*parts[-depth:]).as_posix()
        if used_for(tail, contracts) or any(contract.matches(tail) for contract in contracts):
            return tail
    # A contract for whatever lies in its folder says nothing of a file from elsewhere.
    named = [c for c in contracts if PurePosixPath(c.path).name != "*"]
    for folder in sorted({PurePosixPath(c.path).parent.as_posix() for c in named}):
        tail = f"{folder}/{path.name}"
        if any(contract.matches(tail) for contract in named):
            return tail
    return path.name


def _gather(scratch: Home, checked: Checked, contract: Contract) -> None:
    outcome = checked.outcome
    checked.notes += outcome.warnings
    add = checked.findings.append
    add(Finding("kept", f"rows that would be loaded into {outcome.feed}", outcome.rows_kept))
    for kind, count in outcome.rows_skipped.items():
        if count:
            add(Finding("skipped", f"{kind} rows: no data in them", count))
    if outcome.quarantine_path:
        checked.findings += _quarantine(scratch.root / outcome.quarantine_path, contract)
    for name, count in outcome.personal.items():
        add(Finding("masked", _PERSONAL[name], count))
    if contract.source is not None and outcome.bronze_path and outcome.rows_kept:
        checked.notes += _silent(scratch.root / outcome.bronze_path, contract)
    checked.notes += _too_late(contract)


def _silent(path: Path, contract: Contract) -> list[str]:
    """Columns that a contract maps and that have no value in any row: a slip, most of the time."""
    mapped = {
        c.name: c.outputs[0][0] for c in contract.columns if c.outputs and (c.sources or c.expr)
    }
    counts = ", ".join(f"count({ident(output)})" for output in mapped.values())
    with duckdb.connect(":memory:") as con:
        row = (
            con.execute(f"select {counts or 0} from read_parquet(?)", [str(path)]).fetchone() or ()
        )
    silent = [name for name, count in zip(mapped, row, strict=False) if not count]
    told = "no value in any row: their header or expression may not fit the file"
    return [f"{', '.join(silent)}: {told}"] if silent else []


def _too_late(contract: Contract) -> list[str]:
    """Columns that look at other rows when ``one_per`` has left some of them out."""
    if not any(isinstance(step, OnePer) for step in contract.steps):
        return []
    names = [c.name for c in contract.columns if c.expr and expressions.needs_all_rows(c.expr)]
    told = "looks at other rows, of which 'one_per' has left some out by then: make it with 'let' "
    return [f"{name}: {told}before that step" for name in names]


_PERSONAL = {
    "masked_phones": "phones that the source has masked: never used to recognise a customer",
    "invalid_phones": "texts in a phone column that are no phone: left empty",
    "masked_texts": "free texts in which a phone, identity card or mail address is masked",
    "found_in_text": "personal data in a column that should hold none: masked",
}


def _quarantine(path: Path, contract: Contract) -> list[Finding]:
    with duckdb.connect(":memory:") as con:
        lines = con.execute(
            "select kind, reason, coalesce(\"column\", ''), count(*), "
            "list(row_no order by row_no), list(distinct value order by value) "
            "from read_parquet(?) group by all order by 4 desc",
            [str(path)],
        ).fetchall()
    result = []
    for kind, reason, column, count, rows, values in lines:
        what = {"row": "quarantined", "value": "rejected", "flag": "flagged"}[kind]
        result.append(
            Finding(
                what,
                reason,
                count,
                column,
                rows[:EXAMPLES],
                [str(value)[:60] for value in values[:EXAMPLES] if value is not None],
                _remedy(kind, reason, column, contract),
            )
        )
    return result


def _remedy(kind: str, reason: str, column: str, contract: Contract) -> str:
    """What a person can do about a reason."""
    if "damaged by Excel" in reason:
        return "export again as CSV without opening it in Excel: the lost digits cannot be restored"
    if "ambiguous date" in reason:
        return f"say in the contract which comes first: order: dmy or mdy in column {column}"
    if reason.endswith("cannot read it"):
        return "mend it in the source, or take it out in the expression: nullif(…, 'the text')"
    if "unmapped" in reason:
        return f"add the text to 'map' of column {column} in {contract.file}"
    if "missing required" in reason:
        return f"fill column {column} in the source and export again, or give it a default"
    if "out of its range" in reason:
        return f"mend the value in the source, or 'range'/'pattern' of column {column}"
    if reason.startswith("rule "):
        name = reason.removeprefix("rule ")
        where = next((rule.where for rule in contract.rules if rule.name == name), "")
        return f"rows should meet: {where}"
    if "columns where the header has" in reason:
        return "a delimiter inside a value is not quoted: export with quotes, or as XLSX"
    if "quotation mark" in reason:
        return "close or double the quotation mark in the source, or export as XLSX"
    if "cannot be decoded" in reason:
        return "export again as UTF-8; the bytes are damaged"
    if kind == "value" and column:
        column_of = next((c for c in contract.columns if c.name == column), None)
        if column_of is not None and column_of.map:
            return f"add the text to 'map' of column {column} in {contract.file}"
        return f"the row stays without it; mend it in the source, or add it to 'nulls' of {column}"
    return "mend it in the source and export again"


def _known(home: Home, checked: Checked) -> None:
    """Has the home seen this content before?"""
    if not home.outcomes.is_dir():
        return
    digest, name = checked.outcome.content_hash, checked.outcome.contract
    for before in outcomes.read_all(home):
        same = before.content_hash == digest and before.contract == name
        if same and before.status in ("loaded", "empty", "held"):
            checked.notes.append(
                f"this content is loaded already ({before.source}, batch {before.batch}): it would "
                "count as a duplicate"
            )
            return


def summary(checked: Checked) -> str:
    """One sentence: the verdict."""
    outcome = checked.outcome
    if outcome.status == "unknown":
        return "It would not be loaded: no contract matches it."
    if outcome.status == "blocked":
        return f"It would not be loaded: {outcome.reason}."
    if outcome.status == "lookup":
        return f"It would be kept for look-ups only: {outcome.reason}."
    if outcome.status == "empty":
        return f"It would count as a report without rows for {outcome.feed}."
    counts = Counter({f.what: 0 for f in checked.findings})
    for finding in checked.findings:
        counts[finding.what] += finding.count
    parts = [f"{outcome.rows_kept:,} of {outcome.rows_in_file:,} rows would be loaded"]
    for what in ("quarantined", "skipped"):
        if counts[what]:
            parts.append(f"{counts[what]:,} {what}")
    for what in ("repaired", "rejected", "masked"):
        if counts[what]:
            parts.append(f"{counts[what]:,} values {what}")
    return f"{', '.join(parts)} (feed {outcome.feed}, contract {outcome.contract})."


def is_fine(checked: list[Checked]) -> bool:
    return all(c.outcome.status in ("loaded", "empty", "lookup") for c in checked) and bool(checked)
