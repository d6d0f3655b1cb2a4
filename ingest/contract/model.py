"""What a contract is once it has been read and checked. No file access here."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from functools import cached_property

from ingest.contract.steps import Lookup, Step, derives, produced

TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "money": "DECIMAL(18,2)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
HASHED = ("phone", "account", "email")  # personal data kept as keyed hashes
PERSONAL = (*HASHED, "name", "address", "birthday", "free_text")
MODES = ("full", "delta", "snapshot", "events")
FORMATS = ("csv", "xlsx", "jsonl", "parquet", "fixed")
PSEUDO = ("_path", "_sheet", "_row_no", "_part")  # columns that every row has besides the file's
LOCAL_ZONE = "Asia/Shanghai"


class ContractError(ValueError):
    """A contract that cannot be used; the message holds every problem, one a line."""


@dataclass(frozen=True)
class Column:
    """One column of a feed and where its values come from."""

    name: str
    type: str = "text"
    sources: tuple[str, ...] = ()  # header aliases, best first
    const: str | None = None
    expr: str | None = None  # DuckDB expression over the raw columns
    ordinal: tuple[str, ...] | None = None  # number of the row within these columns, from 1
    default: str | None = None  # a literal, file_date, or another column
    required: bool = False
    id: bool = False
    personal: str | None = None
    map: dict[str, str] | None = None
    nulls: tuple[str, ...] = ()
    open_end: tuple[str, ...] = ()
    range: tuple[str | None, str | None] | None = None
    pattern: str | None = None
    unit: str | None = None
    timezone: str | None = None  # zone of the values as exported
    order: str = "ymd"  # order of numeric dates with the year last: dmy or mdy
    formats: tuple[str, ...] = ()  # strptime formats tried before the usual ones
    decimal: str = "."  # the decimal mark; the other one of . and , groups thousands
    times: str | None = None  # factor for amounts exported in thousands or 万元
    scan: bool = True  # look for personal data in the text
    doc: str = ""

    @property
    def outputs(self) -> list[tuple[str, str]]:
        """(name, DuckDB type) of the bronze columns this column becomes; empty when dropped."""
        if self.personal in ("name", "address"):
            return []
        if self.personal in HASHED:
            return [(f"{self.name}_key", "VARCHAR")]
        if self.personal == "birthday":
            return [("birth_year", "BIGINT"), ("birth_month", "BIGINT")]
        return [(self.name, TYPES[self.type])]

    @property
    def is_personal(self) -> bool:
        """True where a raw value must not be shown; free text counts too."""
        return self.personal is not None


@dataclass(frozen=True)
class Rule:
    """A condition each row should meet; ``otherwise`` says what happens to a row that does not."""

    name: str
    where: str
    otherwise: str = "quarantine"  # or flag: the row is kept and its notes name the rule


@dataclass(frozen=True)
class Format:
    """How the file is laid out; ``auto`` and ``find`` leave it to the reader."""

    type: str | None = None
    encoding: str = "auto"
    delimiter: str | None = None  # one character, or blanks for runs of white space
    header: str = "find"  # find, or none: columns are then called 1, 2, 3 …
    header_rows: int = 1  # rows that make up the header, joined with /
    sheet: str | None = None  # a sheet, or a pattern like "*" for all sheets it matches
    after: str | None = None  # the header comes after a row that this regular expression matches
    until: str | None = None  # the table ends at a row that it matches, or at a blank row
    titles: dict[str, str] = field(default_factory=dict)  # raw column → expression on title rows
    widths: dict[str, tuple[int, int]] = field(default_factory=dict)  # fixed: column → first, last

    @property
    def by_records(self) -> bool:
        """Does the layout need a look at the rows one by one?"""
        return bool(self.titles or self.after or self.until or self.header_rows > 1)


@dataclass(frozen=True)
class Contract:
    """One kind of file and the canonical feed its rows belong to."""

    feed: str
    source: str | None
    path: str
    columns: tuple[Column, ...]
    file: str  # where the contract is written
    version: str
    title: dict[str, str] = field(default_factory=dict)
    header_has: tuple[str, ...] = ()
    format: Format = field(default_factory=Format)
    mode: str = "full"
    key: tuple[str, ...] = ()
    identity: str = "key"  # or hash_ordinal
    order_by: tuple[str, ...] = ()
    business_date: str | None = None
    zone: str = LOCAL_ZONE
    cutoff_minutes: int = 0
    rules: tuple[Rule, ...] = ()
    total_words: tuple[str, ...] = ()
    snapshot: dict[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    mentioned: frozenset[str] = frozenset()  # raw columns of the file that steps and expr name
    all_rows: bool = False  # some step or expression looks at several rows at once

    @property
    def name(self) -> str:
        """Name of the contract, unique among those loaded."""
        return self.feed if self.source is None else f"{self.source}/{self.feed}"

    @property
    def outputs(self) -> list[tuple[str, str]]:
        """(name, DuckDB type) of the canonical bronze columns, in order."""
        return [pair for column in self.columns for pair in column.outputs]

    @cached_property
    def reshapes(self) -> bool:
        """Are columns taken from raw rows by SQL, instead of straight from the file?"""
        columns = any(c.expr or c.times or c.formats or c.decimal != "." for c in self.columns)
        pseudo = any(name in PSEUDO for c in self.columns for name in c.sources)
        return bool(columns or pseudo or self.steps or self.format.titles)

    @cached_property
    def derives(self) -> bool:
        """Can one row of the file give several rows?"""
        return any(derives(step) for step in self.steps)

    @cached_property
    def produced(self) -> frozenset[str]:
        """Raw columns that the contract itself makes; look-ups by their name."""
        made = {name for step in self.steps for name in produced(step)}
        return frozenset(made | set(PSEUDO) | set(self.format.titles))

    @cached_property
    def by_path(self) -> bool:
        """Does a row say something by where its file lies or what it is called?"""
        return "_path" in self.mentioned or any("_path" in c.sources for c in self.columns)

    @property
    def lookups(self) -> list[Lookup]:
        return [step for step in self.steps if isinstance(step, Lookup)]

    def makes(self, source: str) -> bool:
        """Is this source of a column made by the contract, so that no file need have it?"""
        return source in self.produced or source.split(".")[0] in self.lookup_names

    @cached_property
    def lookup_names(self) -> frozenset[str]:
        return frozenset(step.name for step in self.lookups)

    @cached_property
    def stored_key(self) -> tuple[str, ...]:
        """The key as bronze has it: a personal column stands there under its hash."""
        return tuple(name for key in self.key for name, _ in self.column(key).outputs)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def matches(self, path: str) -> bool:
        """Does the path of a landed file, relative to landing/, belong to this contract?"""
        return fnmatch.fnmatchcase(path, self.path)
