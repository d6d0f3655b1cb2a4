"""The SQL that turns raw text columns into one feed's typed, masked, judged rows.

Belongs here: one statement for a contract, whatever the file format. Input is a relation with
``_f`` (number of the file), ``_row_no``, ``_file_date``, one text column ``r_<name>`` for each
contract column that files supply (``raw_sources``), and the raw columns that ``expr`` names.
Output: ``_f``, ``_row_no``, the contract's bronze columns, ``_content_hash``, ``_notes`` (rejected
values and flags), ``_reason`` and ``_reason_column`` (why the row is not kept), ``_raw`` (JSON of
non-personal text, only for rows with notes or a reason), ``_n_*`` (counts of personal data).
Grammars of values do not belong here.
"""

from __future__ import annotations

from ingest import grammar
from ingest.contracts.model import TYPES, Column, Contract, Rule
from ingest.grammar import quoted
from ingest.personal import keys

COUNTS = ("masked_phones", "invalid_phones", "masked_texts", "found_in_text")
PLAUSIBLE = {"date": ("1990-01-01", "2099-12-31"), "timestamp": ("1990-01-01", "2099-12-31")}
PHONE_ID = "1[3-9][0-9]{9}"


def raw_sources(contract: Contract) -> list[Column]:
    """Columns whose text a reader must supply."""
    return [column for column in contract.columns if column.sources]


def ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(column: Column) -> str:
    """Trimmed text of a column, NULL for every way of writing nothing."""
    if column.const is not None:
        return quoted(column.const)
    if column.expr is not None:
        source = f"cast(({column.expr}) as varchar)"
    elif column.sources:
        source = f"r.{ident('r_' + column.name)}"
    else:
        return "null::varchar"
    nulls = [*grammar.NULL_TEXTS, *column.nulls, *column.open_end]
    if column.type in ("integer", "decimal", "money", "date", "timestamp", "boolean"):
        nulls += [t for t in grammar.NULL_MARKS if t not in grammar.NO or column.type != "boolean"]
    if column.type in ("date", "timestamp"):
        nulls += grammar.PLACEHOLDER_DATES
    text = grammar.trimmed(source)
    return f"case when {text} not in ({grammar.listed(nulls)}) then {text} end"


def _value(column: Column, zone: str) -> str:
    """Typed value of the trimmed text; NULL for what cannot be read."""
    x, sql_type = ident(f"x_{column.name}"), TYPES[column.type]
    if column.map is not None:
        codes = grammar.listed(sorted(set(column.map.values())))
        pairs = " ".join(f"when {quoted(k)} then {quoted(v)}" for k, v in column.map.items())
        mapped = f"case {x} {pairs} else case when {x} in ({codes}) then {x} end end"
        return mapped if column.type == "text" else f"try_cast({mapped} as {sql_type})"
    if column.type == "integer":
        return grammar.integer(x)
    if column.type in ("decimal", "money"):
        return grammar.number(x, sql_type)
    if column.type == "date":
        return grammar.date(x, column.order)
    if column.type == "timestamp":
        return grammar.timestamp(x, column.timezone or zone, zone, column.order)
    if column.type == "boolean":
        return grammar.boolean(x)
    return grammar.identifier(x) if column.id else x


def _allowed(column: Column) -> str:
    """The value, NULL where it is out of its range or does not match its pattern."""
    v, sql_type, tests = ident(f"v_{column.name}"), TYPES[column.type], []
    low, high = column.range or PLAUSIBLE.get(column.type, (None, None))
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
    if column.personal in ("phone", "account", "name", "address"):
        return False
    return column.type != "text" or bool(column.map or column.id or column.pattern)


def _scanned(column: Column) -> bool:
    """Text that may hide personal data: no code list, and not switched off."""
    free = column.personal in (None, "free_text") and column.type == "text"
    return free and bool(column.sources) and column.map is None and column.scan


def suspicious(x: str) -> str:
    """Cheap test for text that could hold a phone, identity card or e-mail address."""
    digits = "'[0-9０-９]([- ]?[0-9０-９]){10}'"
    return f"(contains({x}, '@') or (strlen({x}) > 10 and regexp_matches({x}, {digits})))"


def _phone_shaped(x: str) -> str:
    return f"(strlen({x}) = 11 and regexp_full_match({x}, '{PHONE_ID}'))"


def _safe(column: Column) -> list[str]:
    """What may be written of a column: hashed, split, masked, or as it is."""
    value, outputs = ident(column.name), [ident(name) for name, _ in column.outputs]
    if column.ordinal is not None or not outputs:
        return []
    if column.personal == "phone":
        p = ident(f"p_{column.name}")
        return [f"case when starts_with({p}, '+') then {keys.sql_hash('phone', p)} end as {outputs[0]}"]
    if column.personal == "account":
        hashed = keys.sql_hash("account", f"normal_account({value})")
        return [f"case when {value} is not null then {hashed} end as {outputs[0]}"]
    if column.personal == "birthday":
        return [f"year({value}) as birth_year", f"month({value}) as birth_month"]
    if _scanned(column) and column.id:
        token = "'p' || " + keys.sql_hash("phone", f"'+86' || {value}")
        return [f"case when {_phone_shaped(value)} then {token} else {value} end as {value}"]
    if _scanned(column):
        masked = f"case when {suspicious(value)} then mask_text({value}) else {value} end"
        return [f"{masked} as {value}"]
    return [value]


def statement(contract: Contract, source: str) -> str:
    """SELECT over the relation ``source``; see the module docstring for its input and output."""
    columns = [column for column in contract.columns if column.ordinal is None]
    given = raw_sources(contract)
    shown = [column for column in given if not column.is_personal]
    bad = [column for column in columns if _can_fail(column)]
    phones = [column for column in columns if column.personal == "phone"]
    texts = [f"{_text(c)} as {ident('x_' + c.name)}" for c in columns]
    raws = [ident(f"r_{c.name}") for c in shown]
    values = [f"{_value(c, contract.zone)} as {ident('v_' + c.name)}" for c in columns]
    final = [f"{_filled(c, contract)} as {ident(c.name)}" for c in columns]
    final += [
        f"({ident('x_' + c.name)} is not null and ({_allowed(c)}) is null) as {ident('b_' + c.name)}"
        for c in bad
    ]
    final += [_normal_phone(c) for c in phones]
    safe = [expression for c in columns for expression in _safe(c)]
    outputs = [ident(name) for c in columns for name, _ in c.outputs]
    content = ", ".join(f"coalesce({name}::varchar, chr(30))" for name in outputs)
    meta = "_f, _row_no"
    return (
        f"with texts as (select {meta}, _file_date, {', '.join(texts + raws)} from {source} r), "
        f"parsed as (select *, {', '.join(values)} from texts), "
        f"judged as (select * exclude ({', '.join(ident('v_' + c.name) for c in columns)}), "
        f"{', '.join(final)}, {', '.join(ident('v_' + c.name) for c in columns)} from parsed), "
        f"safe as (select {meta}, {', '.join(safe)}, {_judgement(contract)}, "
        f"{_notes(bad, contract.rules)} as _notes, {_raw_json(shown)} as _raw_all, "
        f"{', '.join(_counts(contract))} from judged), "
        f"hashed as (select *, md5_number_lower(concat_ws(chr(31), {content})) as _content_hash "
        f"from safe) "
        f"select {meta}, {', '.join(_ordered(contract))}, _content_hash, _reason, _reason_column, "
        f"_notes, case when _reason is not null or _notes is not null then _raw_all end as _raw, "
        f"{', '.join('_n_' + name for name in COUNTS)} from hashed"
    )


def _normal_phone(column: Column) -> str:
    x = ident(f"x_{column.name}")
    return (
        f"case when {_phone_shaped(x)} then '+86' || {x} when {x} is not null "
        f"then normal_phone({x}) end as {ident('p_' + column.name)}"
    )


def _ordered(contract: Contract) -> list[str]:
    """Bronze columns in the contract's order, ordinals numbered."""
    by = "_content_hash, _row_no" if contract.identity == "hash_ordinal" else "_row_no"
    listed = []
    for column in contract.columns:
        if column.ordinal is None:
            listed += [ident(name) for name, _ in column.outputs]
        else:
            over = ", ".join(("_f", *map(ident, column.ordinal)))
            number = f"row_number() over (partition by {over} order by {by})"
            listed.append(f"cast({number} as {TYPES[column.type]}) as {ident(column.name)}")
    return listed


def _judgement(contract: Contract) -> str:
    """Reason and column of the first thing that keeps a row out."""
    whens = [
        (f"{ident(c.name)} is null", _why(c), c.name)
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


def _why(column: Column) -> str:
    """Text that says why a required value is not there."""
    x, v = ident(f"x_{column.name}"), ident(f"v_{column.name}")
    unread = quoted(f"not a {column.type}")
    if column.map is not None:
        unread = "'unmapped value'"
    elif column.type == "text":
        unread = "'identifier damaged by Excel: digits are lost'"
    elif column.type in ("date", "timestamp"):
        unread = f"case when {grammar.ambiguous_date(x)} then 'ambiguous date' else {unread} end"
    return (
        f"case when {x} is null then 'missing required value' when {v} is null then {unread} "
        "else 'value out of its range or pattern' end"
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


def _raw_json(shown: list[Column]) -> str:
    if not shown:
        return "'{}'"
    pairs = ", ".join(f"{quoted(c.name)}, {ident('r_' + c.name)}" for c in shown)
    return f"mask_text(json_object({pairs})::varchar)"


def _counts(contract: Contract) -> list[str]:
    """How much personal data a row held, by what became of it."""
    parts: dict[str, list[str]] = {name: [] for name in COUNTS}
    for column in contract.columns:
        p, value = ident(f"p_{column.name}"), ident(column.name)
        if column.personal == "phone":
            parts["masked_phones"].append(f"coalesce({p} = 'masked', false)::int")
            parts["invalid_phones"].append(f"coalesce({p} = 'invalid', false)::int")
        elif _scanned(column):
            test = f"case when {suspicious(value)} then mask_text({value}) <> {value} end"
            test = _phone_shaped(value) if column.id else test
            kind = "masked_texts" if column.personal else "found_in_text"
            parts[kind].append(f"coalesce({test}, false)::int")
    return [f"{' + '.join(tests) or '0'} as _n_{name}" for name, tests in parts.items()]
