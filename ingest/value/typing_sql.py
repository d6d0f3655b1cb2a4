"""The SQL that makes one feed's judged rows out of the values of their columns.

Belongs here: one statement for a contract, whatever the file format. Input is a relation with
``_i`` (place of the row), ``_f`` (number of the file), ``_row_no``, ``_file_date``, the value
``v_<name>`` of each contract column, ``p_<name>`` for phones, and where ``Found`` says so
``b_<name>``, ``m_<name>`` and ``w_<name>`` as ``values_sql`` gives them.
Output: the contract's bronze columns, ``_content_hash``, ``_notes`` (rejected values and flags),
``_reason`` and ``_reason_column`` (why the row is not kept), ``_n_*`` (counts of personal data);
those left out that are the input's own (``untouched``) or empty. Numbering mixes the rows: only
then the output has ``_i``, ``_f`` and ``_row_no`` too.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.contract.model import HASHED, TYPES, Column, Contract
from ingest.sql import ident, quoted
from ingest.value.values_sql import is_scanned

MISSING = "missing required value"
COUNTS = ("masked_phones", "invalid_phones", "masked_texts", "found_in_text")


@dataclass(frozen=True)
class Found:
    """Columns in which some or all values are missing, bad (``b_``), masked (``m_``), or told why
    they are missing (``w_``)."""

    missing: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()  # no value at all: ``v_<name>`` is not in the input
    bad: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()
    why: frozenset[str] = frozenset()


def raw_sources(contract: Contract) -> list[Column]:
    """Columns whose text a reader must supply."""
    return [column for column in contract.columns if column.sources or column.expr]


def _filled(column: Column, contract: Contract, found: Found) -> str:
    """The value, or the column's default where there is none."""
    value = ident(f"v_{column.name}")
    if column.default is None or column.name not in found.missing:
        return value
    other = _other(column, contract)
    if column.default == "file_date":
        default = "_file_date"
    elif other is None:
        default = quoted(column.default)
    elif column.type == "date" and other.type == "timestamp":
        default = f"({ident(f'v_{other.name}')} - interval {contract.cutoff_minutes} minute)"
    else:
        default = ident(f"v_{other.name}")
    return f"coalesce({value}, ({default})::{TYPES[column.type]})"


def _other(column: Column, contract: Contract) -> Column | None:
    """The column that stands in where this one has no value."""
    return next((c for c in contract.columns if c.name == column.default), None)


def _masks(contract: Contract, found: Found) -> dict[str, str]:
    """Column → its masked text where something is masked; a stand-in's text is masked as well."""
    masks = {}
    for column in contract.columns:
        if not is_scanned(column):
            continue
        mine = ident("m_" + column.name) if column.name in found.masked else ""
        other = _other(column, contract)
        if other is not None and other.name in found.masked:
            theirs = (
                f"case when {ident('v_' + column.name)} is null then {ident('m_' + other.name)} end"
            )
            mine = f"coalesce({mine}, {theirs})" if mine else theirs
        if mine:
            masks[column.name] = mine
    return masks


def _safe(column: Column, masks: dict[str, str]) -> list[str]:
    """What may be written of a column: split, masked, or as it is."""
    value, outputs = ident(column.name), [ident(name) for name, _ in column.outputs]
    if column.personal in HASHED:
        return [f"{value} as {outputs[0]}"]
    if column.personal == "birthday":
        return [f"year({value}) as birth_year", f"month({value}) as birth_month"]
    if column.name in masks and outputs:
        return [f"coalesce({masks[column.name]}, {value}) as {value}"]
    return [value] if outputs else []


def untouched(contract: Contract, found: Found) -> dict[str, str]:
    """Bronze column → contract column whose values are written as they are, whatever the row."""
    if mixes(contract):
        return {}
    masks = _masks(contract, found)
    return {
        c.outputs[0][0]: c.name
        for c in contract.columns
        if c.outputs and c.personal != "birthday" and c.name not in masks
        and (c.default is None or c.name not in found.missing)
    }  # fmt: skip


def mixes(contract: Contract) -> bool:
    """Are rows numbered within others, so that they come out in another order?"""
    return any(column.ordinal is not None for column in contract.columns)


def statement(contract: Contract, source: str, found: Found) -> str:
    """SELECT over the relation ``source``; see the module docstring for its input and output."""
    columns = [column for column in contract.columns if column.ordinal is None]
    empty = [
        f"null::{TYPES[c.type]} as {ident('v_' + c.name)}" for c in columns if c.name in found.empty
    ]
    judged = [f"{_filled(c, contract, found)} as {ident(c.name)}" for c in columns]
    masks = _masks(contract, found)
    safe = [expression for c in columns for expression in _safe(c, masks)]
    outputs = ", ".join(ident(name) for c in columns for name, _ in c.outputs)
    same = untouched(contract, found)
    said = [*_judgement(contract, found), *_notes(contract, found), *_counts(contract, masks)]
    listed = ["_i", "_f", "_row_no"] if mixes(contract) else []
    listed += [text for name, text in _ordered(contract) if name not in same]
    listed += ["_content_hash", *(name for name, _ in said)]
    return (
        f"with given as (select *{_listed(empty)} from {source}), "
        f"judged as (select *{_listed(judged)} from given), "
        f"safe as (select _i, _f, _row_no{_listed(safe)}"
        f"{_listed([f'{text} as {name}' for name, text in said])} from judged), "
        f"hashed as (select *, hash({outputs}) as _content_hash from safe) "
        f"select {', '.join(listed)} from hashed{' order by _i' if mixes(contract) else ''}"
    )


def _listed(items: list[str]) -> str:
    return "".join(f", {item}" for item in items)


def _ordered(contract: Contract) -> list[tuple[str, str]]:
    """Bronze columns in the contract's order with their expression, ordinals numbered."""
    by = "_row_no, _i"
    if contract.identity == "hash_ordinal":
        by = f"_content_hash, {by}"
    listed = []
    for column in contract.columns:
        if column.ordinal is None:
            listed += [(name, ident(name)) for name, _ in column.outputs]
        else:
            over = ", ".join(("_f", *map(ident, column.ordinal)))
            number = f"row_number() over (partition by {over} order by {by})"
            text = f"cast({number} as {TYPES[column.type]}) as {ident(column.name)}"
            listed.append((column.name, text))
    return listed


def _judgement(contract: Contract, found: Found) -> list[tuple[str, str]]:
    """Reason and column of the first thing that keeps a row out; none if nothing can."""
    whens = [
        (f"{ident(c.name)} is null", _why(c, found), c.name)
        for c in contract.columns
        if c.required and c.name in found.missing
    ]
    whens += [
        (f"not coalesce(({rule.where}), true)", quoted(f"rule {rule.name}"), "")
        for rule in contract.rules
        if rule.otherwise == "quarantine"
    ]
    if not whens:
        return []
    reasons = " ".join(f"when {test} then {why}" for test, why, _ in whens)
    names = " ".join(f"when {test} then {quoted(name)}" for test, _, name in whens)
    return [("_reason", f"case {reasons} end"), ("_reason_column", f"case {names} end")]


def _why(column: Column, found: Found) -> str:
    """Text that says why a required value is not there."""
    missing = quoted(MISSING)
    told = ident(f"w_{column.name}")
    return f"coalesce({told}, {missing})" if column.name in found.why else missing


def _notes(contract: Contract, found: Found) -> list[tuple[str, str]]:
    """Names of the columns whose value was rejected and of the rules that flag the row."""
    tests = [(ident("b_" + c.name), c.name) for c in contract.columns if c.name in found.bad]
    tests += [
        (f"(not coalesce(({rule.where}), true))", f"rule {rule.name}")
        for rule in contract.rules
        if rule.otherwise == "flag"
    ]
    if not tests:
        return []
    some = " or ".join(test for test, _ in tests)
    parts = ", ".join(f"case when {test} then {quoted(name)} end" for test, name in tests)
    return [("_notes", f"case when {some} then concat_ws(',', {parts}) end")]


def _counts(contract: Contract, masks: dict[str, str]) -> list[tuple[str, str]]:
    """How much personal data a row held, by what became of it."""
    parts: dict[str, list[str]] = {name: [] for name in COUNTS}
    for column in contract.columns:
        if column.personal == "phone":
            p = ident(f"p_{column.name}")
            parts["masked_phones"].append(f"coalesce({p} = 'masked', false)::int")
            parts["invalid_phones"].append(f"coalesce({p} = 'invalid', false)::int")
        elif column.name in masks:
            kind = "masked_texts" if column.personal else "found_in_text"
            parts[kind].append(f"(({masks[column.name]}) is not null)::int")
    return [(f"_n_{name}", " + ".join(tests)) for name, tests in parts.items() if tests]
