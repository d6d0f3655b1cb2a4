"""What every reader hands on: raw text columns in contract terms, and what it left out.

Only the shape belongs here, and matching a header to a contract; opening files does not.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field

import pyarrow as pa

from ingest.contracts.model import Contract
from ingest.personal.normalise import mask_text

TOTAL_WORDS = frozenset(
    ("合计", "小计", "总计", "总合计", "本页合计", "本页小计", "本月合计", "累计", "total", "totals",
     "subtotal", "sub-total", "sub total", "grand total", "sum")
)  # fmt: skip
HEADER_DEPTH = 40


class BlockedError(Exception):
    """The file cannot be loaded as it is; says why and what to do."""

    def __init__(self, reason: str, remedy: str, rows: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.remedy, self.rows = reason, remedy, rows


class NotThisFeedError(Exception):
    """The header lacks a column that the contract's ``header_has`` asks for."""


@dataclass
class BadRow:
    """A row that could not be split into its columns; its text is not shown."""

    row_no: int
    reason: str


@dataclass
class Table:
    """Rows of one file for one contract, before typing.

    ``data`` has ``_row_no``, ``r_<column>`` for the columns the file has, and ``raw_columns`` by
    their own header for expressions.
    """

    data: pa.Table
    rows_in_file: int
    skipped: dict[str, int]
    bad: list[BadRow] = field(default_factory=list)
    encoding: str | None = None
    warnings: list[str] = field(default_factory=list)


def normal_header(text: str | None) -> str:
    """A header as it is compared: full-width forms, blanks, case and byte order mark aside."""
    plain = unicodedata.normalize("NFKC", text or "").strip("\ufeff\u200b =\"'")
    return re.sub(r"\s+", "", plain).lower()


def is_total(cells: list[str | None], words: frozenset[str]) -> bool:
    """Is this a total row: does its first filled cell say so?"""
    for cell in cells:
        if cell is not None and (text := cell.strip(" \t\u3000\u00a0:：")):
            if len(text) > 14:
                return False
            return re.sub(r"\s+", " ", text.lower()) in words or text.replace(" ", "") in words
    return False


def total_words(contract: Contract) -> frozenset[str]:
    return TOTAL_WORDS | {word.lower() for word in contract.total_words}


@dataclass
class Layout:
    """Where the contract's columns are in a file."""

    header_row: int  # index among the records; -1 without a header
    width: int
    names: list[str]
    places: dict[str, list[int]]  # column → its places, best alias first
    warnings: list[str]


def find_layout(records: list[list[str | None]], contract: Contract) -> Layout:
    """The header among the first records, matched to the contract's aliases.

    Raises:
        BlockedError: no header, or a required column is missing.
    """
    if contract.format.header == "none":
        width = max((len(record) for record in records[:HEADER_DEPTH]), default=0)
        names = [str(place + 1) for place in range(width)]
        return _layout(-1, names, contract)
    aliases = {normal_header(a) for column in contract.columns for a in column.sources}
    aliases |= {normal_header(name) for name in contract.header_has}
    best, best_score = -1, 0
    for index, record in enumerate(records[:HEADER_DEPTH]):
        score = len({normal_header(cell) for cell in record if cell} & aliases)
        if score > best_score:
            best, best_score = index, score
    needed = min(2, sum(1 for column in contract.columns if column.sources))
    if best < 0 or best_score < needed:
        if contract.header_has:
            raise NotThisFeedError
        wanted = ", ".join(c.sources[0] for c in contract.columns if c.sources)
        raise BlockedError(
            f"no header of feed {contract.feed} in the first {HEADER_DEPTH} rows",
            f"export again with a header row; expected columns: {wanted}; or map other names in "
            "a contract of your own (BAOKUAN_CONTRACTS)",
        )
    names = [cell or "" for cell in records[best]]
    while names and not names[-1].strip():
        names.pop()
    have = {normal_header(name) for name in names}
    if not {normal_header(name) for name in contract.header_has} <= have:
        raise NotThisFeedError
    return _layout(best, names, contract)


def _layout(header_row: int, names: list[str], contract: Contract) -> Layout:
    by_name: dict[str, int] = {}
    warnings = []
    for place, name in enumerate(names):
        if by_name.setdefault(normal_header(name), place) != place and name.strip():
            warnings.append(f"column '{mask_text(name)}' is there twice; the first one is used")
    places: dict[str, list[int]] = {}
    used: set[int] = set()
    for column in contract.columns:
        found = [by_name[n] for a in column.sources if (n := normal_header(a)) in by_name]
        if found:
            places[column.name] = list(dict.fromkeys(found))
            used |= set(found)
    spare = [name for place, name in enumerate(names) if place not in used and name.strip()]
    missing = [
        column
        for column in contract.columns
        if column.required and column.sources and column.name not in places
        and column.default is None
    ]  # fmt: skip
    if missing:
        texts = []
        for column in missing:
            near = difflib.get_close_matches(column.sources[0], spare, 1, 0.5)
            hint = f" (perhaps '{mask_text(near[0])}')" if near else ""
            texts.append(f"{column.sources[0]}{hint}")
        raise BlockedError(
            f"required column missing: {', '.join(texts)}",
            "export again with it, or add the header to 'from' of column "
            + ", ".join(column.name for column in missing)
            + " in the contract",
        )
    if spare and contract.source is None:
        shown = ", ".join(mask_text(name) for name in spare[:20])
        warnings.append(f"columns not in the contract, left out: {shown}")
    return Layout(header_row, len(names), names, places, warnings)


def build(
    records: list[list[str | None]],
    row_nos: list[int],
    contract: Contract,
    *,
    strict_width: bool,
) -> Table:
    """Skip titles, blanks and totals, pick the contract's columns, number the rows."""
    layout = find_layout(records, contract)
    skipped = {"title": 0, "total": 0, "blank": 0}
    bad: list[BadRow] = []
    words = total_words(contract)
    start = layout.header_row + 1
    for record in records[: max(layout.header_row, 0)]:
        skipped["title" if any(record) else "blank"] += 1
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    width = layout.width
    for record, row_no in zip(records[start:], row_nos[start:], strict=True):
        count = len(record)
        if count != width or not record[0]:
            if not any(cell and not cell.isspace() for cell in record):
                skipped["blank"] += 1
                continue
            if count > width and not any(record[width:]):
                record = record[:width]
            elif count < width and not strict_width:
                record = record + [None] * (width - count)
            elif count != width:
                if is_total(record, words):
                    skipped["total"] += 1
                else:
                    bad.append(BadRow(row_no, f"{count} columns where the header has {width}"))
                continue
        if is_total(record, words):
            skipped["total"] += 1
            continue
        kept.append(record)
        numbers.append(row_no)
    columns: dict[str, pa.Array] = {"_row_no": pa.array(numbers, pa.int64())}
    turned = list(zip(*kept, strict=True)) if kept else [()] * width
    for name, places in layout.places.items():
        values = turned[places[0]]
        for place in places[1:]:
            values = tuple(a or b for a, b in zip(values, turned[place], strict=True))
        columns[f"r_{name}"] = pa.array(values, pa.string())
    if any(column.expr for column in contract.columns):
        for place, name in enumerate(layout.names):
            if name and name not in columns:
                columns[name] = pa.array(turned[place], pa.string())
    rows = len(records) - (1 if layout.header_row >= 0 else 0)
    return Table(pa.table(columns), rows, skipped, bad, warnings=layout.warnings)
