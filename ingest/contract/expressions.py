"""Looks into the DuckDB expressions of a contract before any data are read.

Belongs here: syntax, the columns an expression names, unknown functions. Running them does not.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import duckdb

from ingest.contract import grammar

_OVER = re.compile(r"\bover\s*(\(|\w)", re.IGNORECASE)
_lock = threading.Lock()
GRAMMARS = {"as_number": "decimal(18, 6)", "as_integer": "bigint", "as_date": "date",
            "as_time": "timestamp"}  # fmt: skip
_own: list[duckdb.DuckDBPyConnection] = []


def install(con: duckdb.DuckDBPyConnection) -> None:
    """The grammars of numbers, dates and times as functions that expressions may use."""
    macros = {
        "as_number": grammar.number("x", GRAMMARS["as_number"]),
        "as_integer": grammar.integer("x"),
        "as_date": grammar.date("x"),
        "as_time": grammar.timestamp("x", grammar.LOCAL_ZONE, grammar.LOCAL_ZONE),
    }
    for name, body in macros.items():
        con.execute(f"create or replace temp macro {name}(x) as ({body})")


def _connection() -> duckdb.DuckDBPyConnection:
    """For looking at expressions: the grammars are there by name and type, which is enough."""
    if not _own:
        con = duckdb.connect(":memory:")
        con.execute("set autoinstall_known_extensions = false")
        for name, sql_type in GRAMMARS.items():
            con.execute(f"create temp macro {name}(x) as (try_cast(x as {sql_type}))")
        _own.append(con)
    return _own[0]


@lru_cache(maxsize=4096)
def problem(expression: str) -> str | None:
    """Why DuckDB would refuse the expression whatever the data; None if it would not."""
    with _lock:
        con = _connection()
        tree = _tree(con, expression)
        if isinstance(tree, str):
            return tree
        if any(node.get("class") == "SUBQUERY" for node in _nodes(tree)):
            return "no subqueries here; use a 'lookup' step"
        fields: dict[str, set[str]] = {}
        for names in _references(tree):
            fields.setdefault(names[0], set()).update(names[1:2])
        shape = ", ".join(
            f"{_struct(inner)} as {_ident(name)}" for name, inner in sorted(fields.items())
        )
        try:
            con.execute(f"explain select ({expression}) from (select {shape or '1'})")
        except duckdb.CatalogException as error:
            return _first_line(error)
        except duckdb.Error:
            return None  # types are only known with the file
        return None


@lru_cache(maxsize=4096)
def columns(expression: str) -> tuple[tuple[str, ...], ...]:
    """The columns that an expression names, each as its path: ('qty',), ('product', 'price')."""
    with _lock:
        tree = _tree(_connection(), expression)
        return () if isinstance(tree, str) else tuple(sorted(set(_references(tree))))


@lru_cache(maxsize=4096)
def readings(expression: str) -> tuple[tuple[str, str], ...]:
    """Where an expression reads a text by a grammar: (as_number, the argument as SQL) …"""
    if not any(name in expression.lower() for name in GRAMMARS):
        return ()
    with _lock:
        con = _connection()
        tree = _tree(con, expression)
        if isinstance(tree, str):
            return ()
        calls = [node for node in _nodes(tree) if node.get("function_name") in GRAMMARS]
        return tuple((call["function_name"], _sql(con, call["children"][0])) for call in calls)


def _sql(con: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> str:
    """The SQL of a part of an expression."""
    whole = con.execute("select json_serialize_sql('select 1')::varchar").fetchone()
    assert whole is not None
    tree = json.loads(whole[0])
    tree["statements"][0]["node"]["select_list"] = [node | {"alias": ""}]
    told = con.execute("select json_deserialize_sql(?::json)", [json.dumps(tree)]).fetchone()
    assert told is not None
    return str(told[0]).removeprefix("SELECT ")


@lru_cache(maxsize=4096)
def can_try(expression: str) -> bool:
    """May the expression stand in TRY, which turns an error into no value?"""
    if needs_all_rows(expression):
        return False
    fields: dict[str, set[str]] = {}
    for names in columns(expression):
        fields.setdefault(names[0], set()).update(names[1:2])
    shape = ", ".join(f"{_struct(inner)} as {_ident(name)}" for name, inner in fields.items())
    with _lock:
        try:
            _connection().execute(f"explain select try({expression}) from (select {shape or '1'})")
        except duckdb.Error as error:
            return "TRY can not" not in str(error)
    return True


def needs_all_rows(expression: str) -> bool:
    """Does the expression look at other rows?"""
    return bool(_OVER.search(expression))


def bind(conditions: list[tuple[str, list[tuple[str, str]]]]) -> list[str | None]:
    """For each condition over typed columns: why DuckDB refuses it, or None."""
    told: list[str | None] = []
    with _lock:
        con = _connection()
        for condition, typed in conditions:
            shape = ", ".join(f"null::{kind} as {_ident(name)}" for name, kind in typed)
            try:
                con.execute(f"explain select ({condition})::boolean from (select {shape})")
                told.append(None)
            except duckdb.Error as error:
                told.append(_first_line(error))
    return told


def _first_line(error: duckdb.Error) -> str:
    return str(error).split("\n")[0]


def _ident(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _struct(inner: set[str]) -> str:
    if not inner:
        return "null::varchar"
    return "{" + ", ".join(f"{_ident(name)}: null::varchar" for name in sorted(inner)) + "}"


def _tree(con: duckdb.DuckDBPyConnection, expression: str) -> dict[str, Any] | str:
    # As a literal: for a parameter DuckDB would load pandas first, a quarter of a short run.
    quoted = expression.replace("'", "''")
    found = con.execute(f"select json_serialize_sql('select ({quoted})')").fetchone()
    assert found is not None
    tree = json.loads(found[0])
    if tree["error"]:
        return str(tree["error_message"]).split("\n")[0]
    statements = tree["statements"]
    if len(statements) != 1 or len(statements[0]["node"].get("select_list", ())) != 1:
        return "one expression is expected"
    return statements[0]["node"]  # type: ignore[no-any-return]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)


def _references(tree: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    bound = {
        name
        for node in _nodes(tree)
        if node.get("class") == "LAMBDA"
        for inner in _nodes(node.get("lhs"))
        for name in inner.get("column_names", ())
    }
    for node in _nodes(tree):
        if node.get("class") == "COLUMN_REF" and node["column_names"][0] not in bound:
            yield tuple(node["column_names"])
