"""The SQL that turns raw text columns into one feed's typed, masked, judged rows.

Belongs here: one statement for a contract, whatever the file format. Input is a relation with
``_i`` (place of the row), ``_f`` (number of the file), ``_row_no``, ``_file_date``, one text column
``r_<name>`` for each contract column that files supply (``raw_sources``; phones and accounts
already hashed) and ``p_<name>`` for phones.
Output: ``_i``, ``_f``, ``_row_no``, the contract's bronze columns, ``_content_hash``, ``_notes``
(rejected values and flags), ``_reason`` and ``_reason_column`` (why the row is not kept), ``_n_*``
(counts of personal data).
Grammars of values do not belong here.
"""

from __future__ import annotations

from ingest import grammar
from ingest.contracts.model import HASHED, TYPES, Column, Contract, Rule
from ingest.grammar import quoted
from ingest.personal import biometric
from ingest.read.table import Hints

COUNTS = ("masked_phones", "invalid_phones", "masked_texts", "found_in_text")
PLAUSIBLE = {"date": ("1990-01-01", "2099-12-31"), "timestamp": ("1990-01-01", "2099-12-31")}
PHONE_ID = "1[3-9][0-9]{9}"


def raw_sources(contract: Contract) -> list[Column]:
    """Columns whose text a reader must supply."""
    return [column for column in contract.columns if column.sources or column.expr]


def ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _raw(column: Column) -> str:
    if column.const is not None:
        return quoted(column.const)
    return ident(f"r_{column.name}") if column.sources or column.expr else "null::varchar"


def _text(column: Column, may_trim: bool = True) -> str:
    """Trimmed text of a column, NULL for every way of writing nothing."""
    nulls = [*grammar.NULL_TEXTS, *column.nulls, *column.open_end]
    if column.type != "text":
        nulls += [t for t in grammar.NULL_MARKS if t not in grammar.NO or column.type != "boolean"]
    if column.type in ("date", "timestamp"):
        nulls += grammar.PLACEHOLDER_DATES
    raw = _raw(column)
    if not may_trim or column.const is not None or column.personal in HASHED:
        return grammar.without(raw, ["", *nulls])
    return grammar.without(f"({grammar.trimmed(raw)})", nulls)


def _value(column: Column, zone: str, full: bool) -> str:
    """Typed value of a column's raw text; NULL for what cannot be read."""
    r, x, sql_type = _raw(column), ident(f"x_{column.name}"), TYPES[column.type]
    if is_plain_text(column):
        return grammar.identifier(x) if column.id else x
    source = column.timezone or zone
    if column.map is not None:
        mapped = _mapped(column.map, x if full else r)
        return mapped if column.type == "text" else f"try_cast({mapped} as {sql_type})"
    if column.type == "boolean":
        return grammar.boolean(x if full else r)
    if column.type == "integer":
        quick, whole = grammar.quick_integer(r), grammar.integer(x)
    elif column.type in ("decimal", "money"):
        quick, whole = grammar.quick_number(r, sql_type), grammar.number(x, sql_type)
    elif column.type == "date":
        quick, whole = grammar.quick_date(r), grammar.date(x, column.order)
    else:
        quick = grammar.quick_timestamp(r, source, zone)
        whole = grammar.timestamp(x, source, zone, column.order)
    if not full:
        return f"case when {r} <> '' then {quick} end"
    return f"case when {x} is not null then coalesce({quick}, {whole}) end"


def is_plain_text(column: Column) -> bool:
    return column.type == "text" and column.map is None


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


def settled(contract: Contract) -> frozenset[str]:
    """Columns that only the full grammar can read: codes with a rest need the trimmed text."""
    return frozenset(c.name for c in contract.columns if c.map is not None and "*" in c.map)


def _allowed(column: Column) -> str:
    """The value, NULL where it is out of its range or does not match its pattern."""
    v, sql_type = ident(f"v_{column.name}"), TYPES[column.type]
    tests: list[str] = []
    low: str | None
    high: str | None
    low, high = column.range if column.range else PLAUSIBLE.get(column.type, (None, None))
    if column.personal == "birthday" and column.range is None:
        low = "1901-01-01"
    if low is not None:
        tests.append(f"{v} >= {quoted(low)}::{sql_type}")
    if high is not None:
        end = f"{quoted(high)}::{sql_type}"
        whole_day = sql_type == "TIMESTAMP" and len(high) == 10
        tests.append(f"{v} < {end} + interval 1 day" if whole_day else f"{v} <= {end}")
    if column.pattern is not None:
        tests.append(f"regexp_full_match({v}, {quoted(column.pattern)})")
    return f"case when {' and '.join(tests)} then {v} end" if tests else v


def _filled(column: Column, contract: Contract) -> str:
    """The allowed value, or the column's default where there is none."""
    value, sql_type = _allowed(column), TYPES[column.type]
    if column.default is None:
        return value
    other = next((c for c in contract.columns if c.name == column.default), None)
    if column.default == "file_date":
        default = "_file_date"
    elif other is None:
        default = quoted(column.default)
    elif column.type == "date" and other.type == "timestamp":
        default = f"(({_allowed(other)}) - interval {contract.cutoff_minutes} minute)"
    else:
        default = _allowed(other)
    return f"coalesce({value}, ({default})::{sql_type})"


def _can_fail(column: Column) -> bool:
    """May text be there that gives no value?"""
    if column.personal in (*HASHED, "name", "address"):
        return False
    return column.type != "text" or bool(column.map or column.id or column.pattern)


def _scanned(column: Column) -> bool:
    """Text that may hide personal data: no code list, and not switched off."""
    free = column.personal in (None, "free_text") and column.type == "text"
    supplied = bool(column.sources or column.expr)
    return free and supplied and column.map is None and column.scan


def suspicious(x: str, may_mail: bool = True) -> str:
    """Cheap test for text that could hold a phone, identity card, e-mail address or template."""
    digits = "'[0-9０-９]([- ]?[0-9０-９]){10}'"
    long = f"(strlen({x}) > 10 and regexp_matches({x}, {digits}))"
    long = f"({long} or strlen({x}) > {biometric.LONG})"
    return f"({long} or contains({x}, '@') or contains({x}, '＠'))" if may_mail else long


def _phone_shaped(x: str) -> str:
    return f"(strlen({x}) = 11 and regexp_full_match({x}, '{PHONE_ID}'))"


def _safe(column: Column) -> list[str]:
    """What may be written of a column: split, masked, or as it is."""
    value, outputs = ident(column.name), [ident(name) for name, _ in column.outputs]
    if column.personal in HASHED:
        return [f"{value} as {outputs[0]}"]
    if column.personal == "birthday":
        return [f"year({value}) as birth_year", f"month({value}) as birth_month"]
    if _scanned(column) and outputs:
        return [f"coalesce({ident('m_' + column.name)}, {value}) as {value}"]
    return [value] if outputs else []


def _masked(column: Column, may_mail: bool) -> str:
    """The masked text where something is masked, else NULL."""
    value = ident(column.name)
    if column.id:
        test, masked = _phone_shaped(value), f"phone_token({value})"
    else:
        test, masked = suspicious(value, may_mail), f"nullif(mask_text({value}), {value})"
    return f"case when {test} then {masked} end as {ident('m_' + column.name)}"


def statement(
    contract: Contract,
    source: str,
    full: frozenset[str] = frozenset(),
    hints: Hints = Hints(),  # noqa: B008  frozen
) -> str:
    """SELECT over the relation ``source``; see the module docstring for its input and output.

    Only the columns in ``full`` are read by the full grammar. If the result has notes or reasons
    about other columns (``unsettled``), it must be run again with those added.
    """
    columns = [column for column in contract.columns if column.ordinal is None]
    raws = [ident(f"r_{c.name}") for c in columns if c.sources or c.expr]
    raws += [ident(f"p_{c.name}") for c in columns if c.personal == "phone"]
    texts = [
        f"{_text(c, hints.may_trim)} as {ident('x_' + c.name)}"
        for c in columns
        if is_plain_text(c) or c.name in full
    ]
    values = [
        f"{_value(c, contract.zone, c.name in full)} as {ident('v_' + c.name)}" for c in columns
    ]
    failing = [column for column in columns if _can_fail(column)]
    judged = [f"{_filled(c, contract)} as {ident(c.name)}" for c in columns]
    judged += [f"{_is_bad(c, full)} as {ident('b_' + c.name)}" for c in failing]
    masked = [_masked(c, hints.may_mail) for c in columns if _scanned(c)]
    safe = [expression for c in columns for expression in _safe(c)]
    outputs = ", ".join(ident(name) for c in columns for name, _ in c.outputs)
    return (
        f"with raws as (select _i, _f, _row_no, _file_date{_listed(raws)} from {source} r), "
        f"texts as (select *{_listed(texts)} from raws), "
        f"parsed as (select *{_listed(values)} from texts), "
        f"judged as (select *{_listed(judged)} from parsed), "
        f"noted as (select *{_listed(masked)}, {_judgement(contract, full)}, "
        f"{_notes(failing, contract.rules)} as _notes from judged), "
        f"safe as (select _i, _f, _row_no{_listed(safe)}, _reason, _reason_column, _notes, "
        f"{', '.join(_counts(contract))} from noted), "
        f"hashed as (select *, hash({outputs}) as _content_hash from safe) "
        f"select _i, _f, _row_no{_listed(_ordered(contract))}, _content_hash, _reason, "
        f"_reason_column, _notes, {', '.join('_n_' + name for name in COUNTS)} from hashed"
    )


def unsettled(contract: Contract, noted: set[str], full: frozenset[str]) -> frozenset[str]:
    """Columns named in notes or reasons that the full grammar has not looked at yet."""
    typed = {c.name for c in contract.columns if not is_plain_text(c) and (c.sources or c.expr)}
    return frozenset(noted & typed) - full


def _listed(items: list[str]) -> str:
    return "".join(f", {item}" for item in items)


def _given(column: Column, full: frozenset[str]) -> str:
    """Is there text that should give a value?"""
    if is_plain_text(column) or column.name in full:
        return f"{ident('x_' + column.name)} is not null"
    return f"{_raw(column)} <> ''"


def _is_bad(column: Column, full: frozenset[str]) -> str:
    """Is there text that gives no allowed value?"""
    lacking = f"({_allowed(column)}) is null"
    return f"case when {lacking} then coalesce({_given(column, full)}, false) else false end"


def _ordered(contract: Contract) -> list[str]:
    """Bronze columns in the contract's order, ordinals numbered."""
    by = "_row_no, _i"
    if contract.identity == "hash_ordinal":
        by = f"_content_hash, {by}"
    listed = []
    for column in contract.columns:
        if column.ordinal is None:
            listed += [ident(name) for name, _ in column.outputs]
        else:
            over = ", ".join(("_f", *map(ident, column.ordinal)))
            number = f"row_number() over (partition by {over} order by {by})"
            listed.append(f"cast({number} as {TYPES[column.type]}) as {ident(column.name)}")
    return listed


def _judgement(contract: Contract, full: frozenset[str]) -> str:
    """Reason and column of the first thing that keeps a row out."""
    whens = [
        (f"{ident(c.name)} is null", _why(c, full), c.name)
        for c in contract.columns
        if c.required and c.ordinal is None
    ]
    whens += [
        (f"not coalesce(({rule.where}), true)", quoted(f"rule {rule.name}"), "")
        for rule in contract.rules
        if rule.otherwise == "quarantine"
    ]
    if not whens:
        return "null::varchar as _reason, null::varchar as _reason_column"
    reasons = " ".join(f"when {test} then {why}" for test, why, _ in whens)
    names = " ".join(f"when {test} then {quoted(name)}" for test, _, name in whens)
    return f"case {reasons} end as _reason, case {names} end as _reason_column"


def _why(column: Column, full: frozenset[str]) -> str:
    """Text that says why a required value is not there."""
    v = ident(f"v_{column.name}")
    unread = quoted(f"not a {column.type}")
    if column.map is not None:
        unread = "'unmapped value'"
    elif column.type == "text":
        unread = "'identifier damaged by Excel: digits are lost'"
    elif column.type in ("date", "timestamp"):
        ambiguous = grammar.ambiguous_date(f"trim({_raw(column)})")
        unread = f"case when {ambiguous} then 'ambiguous date' else {unread} end"
    return (
        f"case when not coalesce({_given(column, full)}, false) then 'missing required value' "
        f"when {v} is null then {unread} else 'value out of its range or pattern' end"
    )


def _notes(bad: list[Column], rules: tuple[Rule, ...]) -> str:
    """Names of the columns whose value was rejected and of the rules that flag the row."""
    tests = [(ident("b_" + column.name), column.name) for column in bad]
    tests += [
        (f"(not coalesce(({rule.where}), true))", f"rule {rule.name}")
        for rule in rules
        if rule.otherwise == "flag"
    ]
    if not tests:
        return "null::varchar"
    some = " or ".join(test for test, _ in tests)
    parts = ", ".join(f"case when {test} then {quoted(name)} end" for test, name in tests)
    return f"case when {some} then concat_ws(',', {parts}) end"


def _counts(contract: Contract) -> list[str]:
    """How much personal data a row held, by what became of it."""
    parts: dict[str, list[str]] = {name: [] for name in COUNTS}
    for column in contract.columns:
        if column.personal == "phone":
            p = ident(f"p_{column.name}")
            parts["masked_phones"].append(f"coalesce({p} = 'masked', false)::int")
            parts["invalid_phones"].append(f"coalesce({p} = 'invalid', false)::int")
        elif _scanned(column):
            kind = "masked_texts" if column.personal else "found_in_text"
            parts[kind].append(f"({ident('m_' + column.name)} is not null)::int")
    return [f"{' + '.join(tests) or '0'} as _n_{name}" for name, tests in parts.items()]
