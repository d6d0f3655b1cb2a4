"""What every reader hands on: raw text columns in contract terms, and what it left out.

Only the shape belongs here, and matching a header to a contract; opening files does not.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract.model import Contract
from ingest.contract.steps import Step, Unpivot
from ingest.personal import biometric
from ingest.personal.normalise import mask_text

TOTAL_WORDS = frozenset(
    ("合计", "小计", "总计", "总合计", "本页合计", "本页小计", "本月合计", "累计", "total",
     "totals", "subtotal", "sub-total", "sub total", "grand total", "sum")
)  # fmt: skip
HEADER_DEPTH = 40
HEADER_CELLS = 3  # names of the header that make a row look like another one, at least
TRIMMED = " \t\u3000\u00a0:："  # around the words of a total


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


@dataclass(frozen=True)
class Unread:
    """A text that an expression's grammar could not read."""

    row_no: int
    column: str  # of the feed, or made by a step
    function: str
    value: str | None  # None where it may be personal

    @property
    def reason(self) -> str:
        return f"{self.function} cannot read it"


@dataclass(frozen=True)
class Hints:
    """What the bytes of a file rule out, so that typing need not look for it in every value."""

    may_trim: bool = True  # white space at the edge of a value
    may_mail: bool = True  # an @ somewhere
    may_wrap: bool = True  # signs that Excel puts around codes

    def __or__(self, other: Hints) -> Hints:
        return Hints(
            self.may_trim or other.may_trim,
            self.may_mail or other.may_mail,
            self.may_wrap or other.may_wrap,
        )


@dataclass
class Table:
    """Rows of one file for one contract, before typing.

    ``data`` has ``_row_no`` and ``r_<column>`` for the columns the file has. For contracts that
    reshape it has every column of the file by its own header, until ``shape.reshape`` has run.
    """

    data: pa.Table
    rows_in_file: int
    skipped: dict[str, int]
    bad: list[BadRow] = field(default_factory=list)
    encoding: str | None = None
    warnings: list[str] = field(default_factory=list)
    hints: Hints = field(default_factory=lambda: Hints())
    unread: list[Unread] = field(default_factory=list)  # texts that expressions could not read


@lru_cache(maxsize=10_000)
def normal_header(text: str | None) -> str:
    """A header as it is compared: full-width forms, blanks, case and byte order mark aside."""
    plain = unicodedata.normalize("NFKC", text or "").strip("\ufeff\u200b =\"'")
    return re.sub(r"\s+", "", plain).lower()


def is_total(cells: list[str | None], words: frozenset[str]) -> bool:
    """Is this a total row: does its first filled cell say so?"""
    for cell in cells:
        if cell and (text := cell.strip(TRIMMED)):
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
        return layout_of(-1, names, contract)
    aliases = expected(contract)
    best, best_score = -1, 0
    for index, record in enumerate(records[:HEADER_DEPTH]):
        score = len({normal_header(cell) for cell in record if cell} & aliases)
        if score > best_score:
            best, best_score = index, score
    needed = min(2, max(1, len(aliases))) if contract.reshapes else _sources(contract)
    if best < 0 or best_score < needed:
        if contract.header_has:
            raise NotThisFeedError
        wanted = ", ".join(c.sources[0] for c in contract.columns if c.sources)
        wanted = wanted or ", ".join(sorted(contract.mentioned))
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
    return layout_of(best, names, contract)


def expected(contract: Contract) -> set[str]:
    """Normal headers that a file of this contract may have."""
    names = {a for column in contract.columns for a in column.sources} | set(contract.header_has)
    names |= contract.mentioned | {c for step in contract.steps for c in _listed(step)}
    return {normal_header(name) for name in names if not contract.makes(name)}


def _listed(step: Step) -> tuple[str, ...]:
    return step.columns if isinstance(step, Unpivot) else ()


def _sources(contract: Contract) -> int:
    return min(2, sum(1 for column in contract.columns if column.sources))


def raw_names(names: list[str]) -> list[str]:
    """The headers as raw columns are called: on one line, each once (a second one gets _2)."""
    result: list[str] = []
    seen: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        plain = " ".join(name.strip("\ufeff\u200b \t").split()) or f"column_{place}"
        count = seen[plain.lower()] = seen.get(plain.lower(), 0) + 1
        result.append(plain if count == 1 else f"{plain}_{count}")
    return result


def layout_of(header_row: int, names: list[str], contract: Contract) -> Layout:
    """The contract's columns among the names of a header.

    Raises:
        BlockedError: a required column is missing, or one holds biometric data.
    """
    if body := [name for name in names if biometric.is_biometric(name)]:
        raise BlockedError(f"biometric data in column {', '.join(body)}", biometric.REMEDY)
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
        and column.default is None and not any(map(contract.makes, column.sources))
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


@dataclass
class Judged:
    """Records sorted by what they are."""

    kept: list[list[str | None]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    total: int = 0
    blank: int = 0


def judge(
    records: list[list[str | None]],
    numbers: list[int],
    width: int,
    words: frozenset[str],
    *,
    strict_width: bool,
) -> Judged:
    """Tell rows from blank lines, total rows and lines with a wrong number of cells."""
    judged = Judged()
    for record, number in zip(records, numbers, strict=True):
        count = len(record)
        if not any(cell and not cell.isspace() for cell in record):
            judged.blank += 1
            continue
        if is_total(record, words):
            judged.total += 1
            continue
        if count > width and not any(record[width:]):
            record = record[:width]
        elif count < width and not strict_width:
            record = record + [None] * (width - count)
        elif count != width:
            reason = f"{count} columns where the header has {width}"
            judged.bad.append(BadRow(number, reason))
            continue
        judged.kept.append(record)
        judged.numbers.append(number)
    return judged


def refuse_other_header(
    records: Sequence[Sequence[str | None]], numbers: list[int], names: list[str], rows: int = 0
) -> None:
    """A second header below the first, with its names in other places, starts another table.

    Raises:
        BlockedError: there is one; read by the first header, its rows would be nonsense.
    """
    places = {text: place for place, name in enumerate(names) if (text := name.strip())}
    least = max(HEADER_CELLS, len(places) / 2)
    for record, number in zip(records, numbers, strict=True):
        at = [place for place, cell in enumerate(record) if cell in places]
        if len(at) >= least and any(places[record[place] or ""] != place for place in at):
            raise BlockedError(
                f"row {number} is the header of another table: its columns stand elsewhere",
                "write a contract for each of the tables, with 'until' and 'after' in 'format'",
                rows,
            )


def columns_of(
    cells: list[pa.Array], row_nos: pa.Array, layout: Layout, contract: Contract
) -> pa.Table:
    """The contract's raw columns out of all columns of the file, by place."""
    columns: dict[str, pa.Array] = {"_row_no": row_nos}
    if contract.reshapes:
        columns |= dict(zip(raw_names(layout.names), cells, strict=False))
        return pa.table(columns)
    for name, places in layout.places.items():
        value = cells[places[0]]
        for place in places[1:]:
            filled = pc.and_(pc.is_valid(value), pc.not_equal(pc.fill_null(value, ""), ""))
            value = pc.if_else(filled, value, cells[place])
        columns[f"r_{name}"] = value
    return pa.table(columns)


def needed_places(layout: Layout, contract: Contract) -> set[int]:
    """Places of the columns that ``columns_of`` reads."""
    if contract.reshapes:
        return set(range(layout.width))
    return {place for places in layout.places.values() for place in places}


def from_rows(judged: Judged, layout: Layout, contract: Contract) -> pa.Table:
    """The raw columns of records that are rows."""
    turned = list(zip(*judged.kept, strict=True)) if judged.kept else [()] * layout.width
    cells = [pa.array(values, pa.string()) for values in turned]
    return columns_of(cells, pa.array(judged.numbers, pa.int64()), layout, contract)
