"""What a row of each catalogue table is: its file, its key, its fields and what each may hold.

A further table is one more class here and one more field of ``Catalogue``; the reader needs
nothing else. What must not be here: reading files (read.py), and what several tables say together
(rules.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

HAN = re.compile(r"[\u4e00-\u9fff]")


def _words(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


def _list(value: Any) -> Any:
    return tuple(part for part in value.split(";") if part) if isinstance(value, str) else value


def _none(value: Any) -> Any:
    return None if value == "" else value


def _english(value: str) -> str:
    if HAN.search(value):
        raise ValueError("has Chinese in it")
    return value


Filled = Annotated[str, StringConstraints(min_length=1)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$")]
English = Annotated[str, AfterValidator(_english)]
FilledEnglish = Annotated[Filled, AfterValidator(_english)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
List = Annotated[tuple[str, ...], BeforeValidator(_list)]
Number = Annotated[Decimal | None, BeforeValidator(_none)]
Kind = Literal["text", "number", "date", "time", "flag"]
Type = Annotated[
    str, StringConstraints(pattern=r"^(bigint|string|boolean|date|decimal\(\d+, \d+\))?$")
]


class Row(BaseModel):
    """A row with the line of its file; ``KEY`` names it uniquely, ``FILE`` is its table."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    FILE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]

    line: int

    def key(self) -> Any:
        """The key's value; a tuple where it has several columns."""
        values = tuple(getattr(self, name) for name in self.KEY)
        return values[0] if len(values) == 1 else values


class Named(Row):
    """A row that people read by a name in both languages."""

    name_zh: Filled
    name_en: FilledEnglish


class Told(Named):
    """A named row with a sentence on what it means; ``{threshold}`` stands for its default."""

    about_zh: str
    about_en: English


class Format(Named):
    """How a number is written: in Superset (D3), in Python and in SQL (``{value}``)."""

    FILE, KEY = "formats", ("format",)
    format: Code
    superset: Filled
    printed: Filled
    sql: Filled


class Unit(Named):
    FILE, KEY = "units", ("unit",)
    unit: Code
    format: Filled


class Reason(Told):
    """Why an indicator has no value."""

    FILE, KEY = "reasons", ("reason",)
    reason: Code


class Level(Named):
    FILE, KEY = "hit_levels", ("level",)
    level: Code


class Stage(Told):
    FILE, KEY = "hit_stages", ("stage",)
    stage: Code


class Action(Named):
    """An action of the hit board; the numbers stand in braces in its reason."""

    FILE, KEY = "hit_actions", ("action",)
    action: Code
    priority: int
    reason_zh: Filled
    reason_en: FilledEnglish


class StoreState(Named):
    """A state of the store map and what to do with its stores."""

    FILE, KEY = "hit_store_states", ("state",)
    state: Code
    sort: int
    action_zh: Filled
    action_en: FilledEnglish


class Rule(Named):
    """A rule of proposals and alerts: how long it stands, its reason, when it holds."""

    FILE, KEY = "hit_rules", ("rule",)
    rule: Code
    kind: Literal["proposal", "alert"]
    priority: int
    valid_days: int
    reason_zh: Filled
    reason_en: FilledEnglish
    holds_zh: Filled
    holds_en: FilledEnglish
    quantity_zh: str
    quantity_en: English


class Threshold(Row):
    """A default; ``hits`` says whether the hit models use it, as a whole number or a decimal."""

    FILE, KEY = "thresholds", ("name",)
    name: Code
    value: Decimal
    unit: Filled
    doc_zh: Filled
    doc_en: FilledEnglish
    hits: Literal["", "whole", "decimal"]


class Channel(Named):
    FILE, KEY = "channels", ("channel_id",)
    channel_id: Code
    channel_group: Literal["store", "online"]


class Need(Row):
    """What an indicator may need, and a feed that meets it; any of them suffices."""

    FILE, KEY = "needs", ("need", "feed")
    need: Code
    feed: Code


class Input(Row):
    """A column that an expression of these grains may use; ``gives``: reasons that may be in it."""

    FILE, KEY = "hit_inputs", ("input",)
    input: Code
    grains: Words
    gives: Words
    about_zh: Filled
    about_en: FilledEnglish


class Indicator(Told):
    """A hit indicator: words, unit, bounds, types, needs; ``number`` is its place in the list.

    With a denominator it is numerator over denominator less ``less``; without, the numerator is the
    value. ``value_en`` and ``none_en`` are the long form that docs/indicators.md shows.
    """

    FILE, KEY = "hit_indicators", ("indicator",)
    number: Annotated[int | None, BeforeValidator(_none)]
    indicator: Code
    family: Filled
    num_zh: str
    num_en: English
    den_zh: str
    den_en: English
    unit: Filled
    format: str
    direction: Filled
    least: Number
    most: Number
    value_type: Annotated[Type, StringConstraints(min_length=1)]
    num_type: Type
    den_type: Type
    less: Number
    needs: Words
    value_en: FilledEnglish
    none_en: English

    @property
    def is_ratio(self) -> bool:
        return bool(self.den_type)


class Expression(Row):
    """The SQL of an indicator at a grain: parts, and the reason for having no value."""

    FILE, KEY = "hit_expressions", ("indicator", "grain")
    indicator: Filled
    grain: Literal["company", "region", "channel", "store"]
    numerator: Filled
    denominator: str
    reason: Filled


class Companion(Told):
    """A column of hits.daily and hits.board beside the indicators; the models compute it."""

    FILE, KEY = "hit_companions", ("column",)
    column: Code
    indicator: str
    kind: Kind
    unit: str
    format: str
    type: Annotated[Type, StringConstraints(min_length=1)]


class Column(Told):
    """What a column is called everywhere, or in a table, a schema or ``superset.<dataset>``."""

    FILE, KEY = "columns", ("table", "column")
    table: Annotated[str, StringConstraints(pattern=r"^([a-z_]+(\.[a-z_0-9]+)?)?$")]
    column: Code
    kind: Kind
    unit: str
    format: str


class Word(Named):
    """A code of a column in words; ``none`` is what an empty value is called."""

    FILE, KEY = "words", ("column", "code")
    column: Code
    code: Code


class Term(Named):
    """A word of the house, and those that it replaces unless they stand within ``unless``."""

    FILE, KEY = "glossary", ("term",)
    term: Code
    avoid: List
    unless: List


@dataclass(frozen=True)
class Catalogue:
    """Every table, its rows by key in the order of the file."""

    formats: dict[str, Format]
    units: dict[str, Unit]
    reasons: dict[str, Reason]
    hit_levels: dict[str, Level]
    hit_stages: dict[str, Stage]
    hit_actions: dict[str, Action]
    hit_store_states: dict[str, StoreState]
    hit_rules: dict[str, Rule]
    thresholds: dict[str, Threshold]
    channels: dict[str, Channel]
    needs: dict[tuple[str, str], Need]
    hit_inputs: dict[str, Input]
    hit_indicators: dict[str, Indicator]
    hit_expressions: dict[tuple[str, str], Expression]
    hit_companions: dict[str, Companion]
    columns: dict[tuple[str, str], Column]
    words: dict[tuple[str, str], Word]
    glossary: dict[str, Term]

    def at(self, grain: str) -> list[Indicator]:
        """The indicators that a grain has, in the catalogue's order."""
        return [
            i for i in self.hit_indicators.values() if (i.indicator, grain) in self.hit_expressions
        ]

    def codes(self, column: str) -> dict[str, Named]:
        """The codes of a column in words, from the table that owns them."""
        own: dict[str, dict[str, Any]] = {
            "level": self.hit_levels,
            "stage": self.hit_stages,
            "action": self.hit_actions,
            "state": self.hit_store_states,
            "rule": self.hit_rules,
            "reason_code": self.reasons,
        }
        found: dict[str, Named] = dict(own.get(column, {}))
        return found | {w.code: w for w in self.words.values() if w.column == column}


TABLES: tuple[type[Row], ...] = (
    Format, Unit, Reason, Level, Stage, Action, StoreState, Rule, Threshold, Channel, Need, Input,
    Indicator, Expression, Companion, Column, Word, Term,
)  # fmt: skip
