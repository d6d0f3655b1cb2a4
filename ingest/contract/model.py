"""What a contract may say, column by column, and what it is once it has been read. No file access.

``ContractSpec`` is the YAML as it stands, ``Contract`` what ``load`` makes of it with what it
inherits. ``schema.json`` is rendered from the specs.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic import model_validator as on_model

from baokuan.spec import Spec, Texts, wrong
from ingest.contract.grammar import LOCAL_ZONE
from ingest.contract.spec import Expression, Flag, Name, Regular
from ingest.contract.steps import Lookup, Step, StepSpec, derives, produced

Type = Literal["text", "integer", "decimal", "money", "date", "timestamp", "boolean"]
Personal = Literal["phone", "account", "email", "name", "address", "birthday", "free_text"]
Mode = Literal["full", "delta", "snapshot", "events"]
TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "money": "DECIMAL(18,2)",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
}
HASHED = ("phone", "account", "email")  # personal data kept as keyed hashes
PSEUDO = ("_path", "_sheet", "_row_no", "_part")  # columns that every row has besides the file's


class ContractError(ValueError):
    """A contract that cannot be used; the message holds every problem, one a line."""


def _factor(text: str) -> str:
    if not re.fullmatch(r"\d+([.]\d+)?", text):
        raise wrong("'times' is a factor like 10000, for numbers")
    return text


class ColumnSpec(Spec):
    """Where a column's values come from; a foreign contract inherits what it does not say."""

    type: Type = "text"
    sources: Texts = Field(default=(), alias="from", description="header aliases, best first")
    const: str | None = None
    expr: Expression | None = Field(
        default=None, description="DuckDB expression over the raw columns"
    )
    ordinal: Texts | None = Field(
        default=None, description="number of the row within these, from 1"
    )
    default: str | None = Field(default=None, description="a literal, file_date, or another column")
    required: Flag = False
    id: Flag = False
    personal: Personal | None = None
    map: dict[str, str] | None = Field(default=None, description="exported text: code")
    nulls: Texts = ()
    open_end: Texts = ()
    range: tuple[str | None, str | None] | None = Field(
        default=None, description="[lowest, highest]"
    )
    pattern: Regular | None = None
    unit: str | None = None
    timezone: str | None = Field(default=None, description="zone of the values as exported")
    order: Literal["ymd", "dmy", "mdy"] = Field(
        default="ymd", description="of numeric dates, year last"
    )
    formats: Texts = Field(default=(), description="strptime formats tried before the usual ones")
    decimal: Literal[".", ","] = Field(
        default=".", description="the other of . and , groups thousands"
    )
    times: Annotated[str, AfterValidator(_factor)] | None = Field(
        default=None, description="factor for amounts exported in thousands or 万元"
    )
    scan: Flag = Field(default=True, description="look for personal data in the text")
    doc: str = ""

    @on_model(mode="before")
    @classmethod
    def _empty(cls, data: Any) -> Any:
        if data is not None and not isinstance(data, dict):
            raise wrong("a column is a mapping like {from: [标题], type: text}")
        return data or {}


class Column(ColumnSpec):
    """One column of a feed."""

    name: str

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


class Rule(Spec):
    """A condition each row should meet; ``otherwise`` says what happens to a row that does not."""

    name: str
    where: str
    otherwise: Literal["quarantine", "flag"] = "quarantine"  # flag: kept, and the notes name it


def _delimiter(text: str) -> str:
    if text != "blanks" and len(text) != 1:
        raise wrong("'delimiter' must be one character, or blanks")
    return text


def _title(text: str) -> str:
    if re.compile(text).groups != 1:
        raise wrong("the expression needs one group, the value")
    return text


def _span(text: Any) -> Any:
    found = re.fullmatch(r"(\d+)-(\d+)", str(text))
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise wrong("places are first-last, counted from 1, like 1-6")
    return int(found[1]), int(found[2])


Span = Annotated[
    tuple[int, int],
    BeforeValidator(_span),
    WithJsonSchema({"type": "string", "pattern": r"^\d+-\d+$"}),
]


class Format(Spec):
    """How the file is laid out; ``auto`` and ``find`` leave it to the reader."""

    type: Literal["csv", "xlsx", "jsonl", "parquet", "fixed"] | None = None
    encoding: str = "auto"
    delimiter: Annotated[str, AfterValidator(_delimiter)] | None = Field(
        default=None, description="one character, or blanks for runs of white space"
    )
    header: Literal["find", "none"] = Field(
        default="find", description="none: columns are 1, 2, 3 …"
    )
    header_rows: int = Field(default=1, ge=1, le=3, description="rows of the header, joined with /")
    sheet: str | None = Field(
        default=None, description='a sheet, or a pattern like "*" for all it matches'
    )
    after: Regular | None = Field(
        default=None, description="the header comes after a row that matches it"
    )
    until: Regular | None = Field(
        default=None, description="the table ends at such a row, or at: blank"
    )
    titles: dict[str, Annotated[Regular, AfterValidator(_title)]] = Field(
        default={}, description="new raw column: expression on title rows, with one group"
    )
    widths: dict[str, Span] = Field(default={}, description="fixed: column: first-last")

    @on_model(mode="after")
    def _fits(self) -> Self:
        if (self.type == "fixed") != bool(self.widths):
            raise wrong("type: fixed and 'widths' belong together")
        return self

    @property
    def by_records(self) -> bool:
        """Does the layout need a look at the rows one by one?"""
        return bool(self.titles or self.after or self.until or self.header_rows > 1)


class Match(Spec):
    """Which landed files are meant."""

    path: str = Field(description="a pattern below landing/")
    header_has: Texts = Field(
        default=(), description="of several contracts for a path, who has these"
    )


def _minutes(text: Any) -> Any:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(text)):
        raise wrong("'cutoff' must be a time like \"04:00\"")
    return int(text[:2]) * 60 + int(text[3:])


class BusinessDate(Spec):
    """The day a row counts for."""

    column: str | None = None
    timezone: str | None = None
    cutoff: Annotated[int, BeforeValidator(_minutes), WithJsonSchema({"type": "string"})] | None = (
        Field(default=None, description="until then it is still the day before")
    )


class ContractSpec(Spec):
    """One contract file."""

    feed: Name
    source: str | None = Field(default=None, description="the system, where the feed is another's")
    title: dict[str, str] = Field(default={}, description="the feed's name: zh and en")
    match: Match
    format: Format = Format()
    mode: Mode | None = None
    key: Texts | None = None
    identity: Literal["key", "hash_ordinal"] = "key"
    order_by: Texts | None = None
    business_date: BusinessDate = BusinessDate()
    columns: dict[Name, ColumnSpec] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    total_words: Texts = ()
    snapshot: dict[str, str] = Field(
        default={}, description="location: the column of who was counted"
    )
    steps: tuple[StepSpec, ...] = ()


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
    mode: Mode = "full"
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
