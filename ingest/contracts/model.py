"""What a contract is once it has been read and checked. No file access here."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field

TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "money": "DECIMAL(18,2)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
PERSONAL = ("phone", "account", "name", "address", "birthday", "free_text")
MODES = ("full", "delta", "snapshot", "events")
FORMATS = ("csv", "xlsx", "jsonl", "parquet")
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
    scan: bool = True  # look for personal data in the text
    doc: str = ""

    @property
    def outputs(self) -> list[tuple[str, str]]:
        """(name, DuckDB type) of the bronze columns this column becomes; empty when dropped."""
        if self.personal in ("name", "address"):
            return []
        if self.personal in ("phone", "account"):
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
    delimiter: str | None = None
    header: str = "find"  # find, or none: columns are then called 1, 2, 3 …
    sheet: str | None = None


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

    @property
    def name(self) -> str:
        """Name of the contract, unique among those loaded."""
        return self.feed if self.source is None else f"{self.source}/{self.feed}"

    @property
    def outputs(self) -> list[tuple[str, str]]:
        """(name, DuckDB type) of the canonical bronze columns, in order."""
        return [pair for column in self.columns for pair in column.outputs]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def matches(self, path: str) -> bool:
        """Does the path of a landed file, relative to landing/, belong to this contract?"""
        return fnmatch.fnmatchcase(path, self.path)
