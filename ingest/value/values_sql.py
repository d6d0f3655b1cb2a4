"""The SQL that turns a column's raw text into its value: a function of the text alone.

Belongs here: one statement for a column, over a relation ``texts`` of texts ``r``. It gives for
each, in order, the value ``v`` (NULL where there is none that is allowed), ``b`` (there is text but
no value), ``m`` (the text with personal data masked, where some are) and ``w`` (why a required
value is not there). What a row makes of its columns belongs to ``typing_sql``, grammars do to
``grammar``.
"""

from __future__ import annotations

from ingest.contract import grammar
from ingest.contract.model import HASHED, TYPES, Column
from ingest.personal import biometric
from ingest.read.table import Hints
from ingest.sql import listed, quoted

PLAUSIBLE = {"date": ("1990-01-01", "2099-12-31"), "timestamp": ("1990-01-01", "2099-12-31")}
PHONE_ID = "1[3-9][0-9]{9}"
PHONE_DIGITS = 11
HARMLESS = 10  # bytes of text that are too short for a phone, an identity card, a template


def statements(column: Column, zone: str, hints: Hints) -> tuple[str, str | None]:
    """(statement for any text, statement for the texts of which the first one says ``b``).

    The first reads the plain forms only, where a full grammar would cost too much; None if there
    is nothing more to read.
    """
    if is_plain_text(column):
        return _statement(column, zone, True, hints), None
    full = _statement(column, zone, True, Hints())
    if column.map is not None and "*" in column.map:
        return full, None  # a rest needs the trimmed text
    return _statement(column, zone, False, hints), full


def is_plain_text(column: Column) -> bool:
    return column.type == "text" and column.map is None


def is_scanned(column: Column) -> bool:
    """Text that may hide personal data: no code list, and not switched off."""
    free = column.personal in (None, "free_text") and column.type == "text"
    supplied = bool(column.sources or column.expr)
    return free and supplied and column.map is None and column.scan


def is_local_time(column: Column, zone: str) -> bool:
    """A time of day in the contract's own zone, of which nothing but its grammar is declared?"""
    declared = column.range or column.nulls or column.open_end or column.map or column.pattern
    return column.type == "timestamp" and not declared and column.timezone in (None, zone)


def _statement(column: Column, zone: str, full: bool, hints: Hints) -> str:
    text = _text(column, hints.may_trim) if full else "r"
    failing = "v is null and " + ("x is not null" if full else "r <> ''")
    bad = failing if _can_fail(column) else "false"
    masked = _masked(column, hints.may_mail) if is_scanned(column) else "null::varchar"
    why = f"case when {failing} then {_why(column)} end" if full and column.required else "null"
    return (
        f"with trimmed as (select r, {text} as x from texts), "
        f"parsed as (select r, x, {_value(column, zone, full, hints)} as p from trimmed), "
        f"allowed as (select r, x, p, {_allowed(column)} as v from parsed) "
        f"select v, coalesce({bad}, false) as b, {masked} as m, {why}::varchar as w from allowed"
    )


def _text(column: Column, may_trim: bool) -> str:
    """Trimmed text of a column, NULL for every way of writing nothing."""
    nulls = [*grammar.NULL_TEXTS, *column.nulls, *column.open_end]
    if column.type != "text":
        nulls += [t for t in grammar.NULL_MARKS if t not in grammar.NO or column.type != "boolean"]
    if column.type in ("date", "timestamp"):
        nulls += grammar.PLACEHOLDER_DATES
    if not may_trim or column.const is not None or column.personal in HASHED:
        return grammar.without("r", ["", *nulls])
    return grammar.without(f"({grammar.trimmed('r')})", nulls)


def _value(column: Column, zone: str, full: bool, hints: Hints) -> str:
    """Typed value of a column's text ``x``; NULL for what cannot be read."""
    sql_type = TYPES[column.type]
    if is_plain_text(column):
        return grammar.identifier("x") if column.id and hints.may_wrap else "x"
    source = column.timezone or zone
    quick, whole = "", ""
    if column.map is not None:
        quick = whole = _mapped(column.map, "x")
        if column.type != "text":
            quick = whole = f"try_cast({quick} as {sql_type})"
    elif column.type == "boolean":
        quick = whole = grammar.boolean("x")
    elif column.type == "integer":
        quick, whole = grammar.quick_integer("r"), grammar.integer("x")
    elif column.type in ("decimal", "money"):
        quick, whole = grammar.quick_number("r", sql_type), grammar.number("x", sql_type)
    elif column.type == "date":
        quick, whole = grammar.quick_date("r"), grammar.date("x", column.order)
    else:
        quick = grammar.quick_timestamp("r", source, zone)
        whole = grammar.timestamp("x", source, zone, column.order)
    if full:
        whole = whole if quick == whole else f"coalesce({quick}, {whole})"
        return f"case when x is not null then {whole} end"
    declared = listed([*column.nulls, *column.open_end])
    some = f"r <> '' and r not in ({declared})" if declared else "r <> ''"
    return f"case when {some} then {quick} end"


def _mapped(codes: dict[str, str], x: str) -> str:
    """The code for a text; a code stands for itself, ``*`` for every other text."""
    pairs = {code: code for code in sorted({*codes.values()})} | codes
    other = pairs.pop("*", None)
    whens = " ".join(f"when {quoted(key)} then {quoted(value)}" for key, value in pairs.items())
    found = f"case {x} {whens} end"
    return (
        found
        if other is None
        else f"case when {x} is not null then coalesce({found}, {quoted(other)}) end"
    )


def _allowed(column: Column) -> str:
    """The value ``p``, NULL where it is out of its range or does not match its pattern."""
    sql_type = TYPES[column.type]
    tests: list[str] = []
    low: str | None
    high: str | None
    low, high = column.range if column.range else PLAUSIBLE.get(column.type, (None, None))
    if column.personal == "birthday" and column.range is None:
        low = "1901-01-01"
    if low is not None:
        tests.append(f"p >= {quoted(low)}::{sql_type}")
    if high is not None:
        end = f"{quoted(high)}::{sql_type}"
        whole_day = sql_type == "TIMESTAMP" and len(high) == 10
        tests.append(f"p < {end} + interval 1 day" if whole_day else f"p <= {end}")
    if column.pattern is not None:
        tests.append(f"regexp_full_match(p, {quoted(column.pattern)})")
    return f"case when {' and '.join(tests)} then p end" if tests else "p"


def _can_fail(column: Column) -> bool:
    """May text be there that gives no value?"""
    if column.personal in (*HASHED, "name", "address"):
        return False
    return column.type != "text" or bool(column.map or column.id or column.pattern)


def suspicious(x: str, may_mail: bool = True) -> str:
    """Cheap test for text that could hold a phone, identity card, e-mail address or template."""
    digits = "'[0-9０-９]([- ]?[0-9０-９]){10}'"
    long = f"(strlen({x}) > {HARMLESS} and regexp_matches({x}, {digits}))"
    long = f"({long} or strlen({x}) > {biometric.LONG})"
    return f"({long} or contains({x}, '@') or contains({x}, '＠'))" if may_mail else long


def _masked(column: Column, may_mail: bool) -> str:
    """The masked text where something is masked, else NULL."""
    if column.id:
        shaped = f"(strlen(v) = {PHONE_DIGITS} and regexp_full_match(v, '{PHONE_ID}'))"
        return f"case when {shaped} then phone_token(v) end"
    return f"case when {suspicious('v', may_mail)} then nullif(mask_text(v), v) end"


def _why(column: Column) -> str:
    """Text that says why a required value is not there."""
    unread = quoted(f"not a {column.type}")
    if column.map is not None:
        unread = "'unmapped value'"
    elif column.type == "text":
        unread = "'identifier damaged by Excel: digits are lost'"
    elif column.type in ("date", "timestamp"):
        ambiguous = grammar.ambiguous_date("trim(r)")
        unread = f"case when {ambiguous} then 'ambiguous date' else {unread} end"
    return f"case when p is null then {unread} else 'value out of its range or pattern' end"
