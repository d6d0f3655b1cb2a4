"""SQL style and portability of the dbt project, on the SQL that dbt compiles, in both modes.

dbt reads and compiles the project in this process, against an empty warehouse: first as a full
refresh, then with every table there, so that the incremental branches are compiled too. Nothing is
built. What dbt itself refuses is told as dbt tells it; so this is `dbt parse` as well.

Engine-specific spellings belong in ``macros/dispatch/`` and nowhere else, so that a second engine
needs new macros, not new models. So that they are not found here, a macro that dispatch chose for
DuckDB (``duckdb__…``, ours or an adapter's) compiles to a placeholder: ``dispatched__name(…)``
around its arguments, which are the model's own words and are judged like all others. dbt's own type
of a text, ``dbt.type_string()``, is a ``string``.

Not compiled, so not judged, is what a materialization writes around a model's text: creating a
table, deleting and inserting touched rows (``macros/changes``); each engine has its own.

What can't run on Spark is in ``sql_traps.py``. One line a finding; exit code 1 when there is one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
from sql_traps import PLACEHOLDER, traps
from sqlglot import exp
from sqlglot.errors import ParseError

PROJECT = Path(__file__).resolve().parent.parent
DBT = PROJECT / "dbt_project"
MODEL_LINES = 150


class DbtRefusedError(RuntimeError):
    """dbt can't read the project; the message is dbt's."""


@dataclass(frozen=True)
class Compiled:
    """A model's or a test's SQL as dbt would send it."""

    path: str  # of its source, below the project
    name: str
    is_model: bool
    sql: str
    source: str = ""


def check(one: Compiled) -> Iterator[str]:
    """All findings of one text, each with where it was found."""
    name = one.path if one.path.endswith(f"{one.name}.sql") else f"{one.path} ({one.name})"
    try:
        for trap in dict.fromkeys(traps(one.sql)):
            line = source_line(one, trap.line)
            yield f"{name}:{line}: {trap.text}" if line else f"{name}: {trap.text}"
        if one.is_model:
            tree = sqlglot.parse_one(one.sql, read="duckdb")
            yield from (f"{name}: {text}" for text in style(tree, one.source))
    except ParseError as error:
        yield f"{name}: can't be read: {' '.join(str(error).split())}"


def source_line(one: Compiled, number: int | None) -> int | None:
    """Where a line of the compiled text stands in its source; None where a macro wrote it."""
    if number is None:
        return None
    text = one.sql.split("\n")[number - 1].strip()
    lines = [line.strip() for line in one.source.split("\n")]
    return lines.index(text) + 1 if text in lines else None


def style(tree: exp.Expr, source: str) -> Iterator[str]:
    """A model names its columns, leaves its rows without order, and fits on some pages."""
    lines = source.count("\n") + 1
    if lines > MODEL_LINES:
        yield f"{lines} lines; over {MODEL_LINES} hides an intermediate model"
    if not isinstance(tree, exp.Query):
        return
    for select in _final_selects(tree):
        if any(isinstance(one, exp.Star) or one.is_star for one in select.expressions):
            yield "select * in a final select: list columns"
        if select.args.get("order"):
            yield "order by in a model: rows have no order"
    if not isinstance(tree, exp.Select) and tree.args.get("order"):
        yield "order by in a model: rows have no order"


def _final_selects(tree: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(tree, exp.SetOperation):
        yield from _final_selects(tree.this)
        yield from _final_selects(tree.expression)
    elif isinstance(tree, exp.Subquery):
        yield from _final_selects(tree.this)
    elif isinstance(tree, exp.Select):
        yield tree


def _argument(value: object) -> str:
    """An argument as it stands in SQL; a relation, and what is no SQL by itself, as a text."""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    try:
        sqlglot.parse_one(f"f({text})", read="duckdb")
    except ParseError:
        return exp.Literal.string(text).sql("duckdb")
    is_expression = isinstance(value, str | int | list | tuple)
    return text if is_expression else exp.Literal.string(text).sql("duckdb")


def placeholder(name: str, made: object, arguments: list[object]) -> object:
    """What stands for the text that a dispatched macro made: a call, or a query around one."""
    if not isinstance(made, str):
        return made
    call = f"{PLACEHOLDER}{name}({', '.join(map(_argument, arguments))})"
    try:
        query = isinstance(sqlglot.parse_one(made, read="duckdb"), exp.Query)
    except ParseError:
        query = False
    if made.lstrip().startswith("("):
        return f"(select engine from {call})" if query else f"({call})"
    return f"select engine from {call}" if query else call


@contextmanager
def placeholders() -> Iterator[None]:
    """Within the block, macros that dispatch chose for DuckDB compile to placeholders."""
    from dbt.context.providers import BaseDatabaseWrapper

    chosen = BaseDatabaseWrapper.dispatch

    def dispatch(self: Any, macro_name: str, *more: Any, **named: Any) -> Callable[..., object]:
        macro = chosen(self, macro_name, *more, **named)
        if macro_name == "type_string":
            return lambda: "string"
        if not macro.macro.name.startswith("duckdb__"):
            return macro

        def stand_in(*args: object, **kwargs: object) -> object:
            made = macro(*args, **kwargs)
            return placeholder(macro_name, made, [*args, *kwargs.values()])

        return stand_in

    BaseDatabaseWrapper.dispatch = dispatch
    try:
        yield
    finally:
        BaseDatabaseWrapper.dispatch = chosen


def compiled(project: Path = DBT) -> list[Compiled]:
    """Models and tests of a project, those with another incremental text twice.

    Raises:
        DbtRefusedError: dbt can't read or compile it.
    """
    kept = os.environ.get("BAOKUAN_HOME")
    try:
        with tempfile.TemporaryDirectory(prefix="baokuan-sql-") as folder:
            os.environ["BAOKUAN_HOME"] = folder
            return list(_compiled(project, Path(folder)))
    finally:
        os.environ.pop("BAOKUAN_HOME")
        if kept is not None:
            os.environ["BAOKUAN_HOME"] = kept


def _compiled(project: Path, home: Path) -> Iterator[Compiled]:
    file = home / "warehouse" / "warehouse.duckdb"
    file.parent.mkdir()
    words = [
        "--quiet", "--project-dir", str(project), "--profiles-dir", str(project),
        "--target-path", str(home / "target"), "--log-path", str(home / "logs"),
    ]  # fmt: skip
    manifest = _dbt(["parse", *words])
    with placeholders():
        first = [r.node for r in _dbt(["compile", "--full-refresh", *words], manifest).results]
    texts: dict[str, str] = {}
    for node in (node for node in first if node.resource_type in ("model", "test")):
        texts[node.unique_id] = node.compiled_code
        yield _one(project, node)
    _pretend_built(file, [node for node in first if node.resource_type == "model"])
    only = ["--select", "resource_type:model", "--indirect-selection", "empty"]
    with placeholders():
        again = [r.node for r in _dbt(["compile", *only, *words], manifest).results]
    for node in again:
        if node.compiled_code != texts[node.unique_id]:
            yield _one(project, node)


def _one(project: Path, node: Any) -> Compiled:
    source = project / node.original_file_path
    is_model = node.resource_type == "model"
    text = source.read_text(encoding="utf-8") if source.suffix == ".sql" else ""
    path = f"{project.name}/{node.original_file_path}"
    return Compiled(path, node.name, is_model, node.compiled_code, text)


def _dbt(words: list[str], manifest: Any = None) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    done = dbtRunner(manifest=manifest).invoke(words)
    DuckDBConnectionManager.close_all_connections()
    if not done.success:
        failed = [r for r in getattr(done.result, "results", []) if r.status == "error"]
        told = [f"{r.node.original_file_path}: {r.message}" for r in failed]
        raise DbtRefusedError("\n".join(told) or str(done.exception))
    return done.result


def _pretend_built(file: Path, models: list[Any]) -> None:
    """Tables by the names of the models: enough for dbt to compile the incremental branches."""
    import duckdb

    with duckdb.connect(str(file)) as con:
        for node in models:
            if node.config.materialized in ("table", "incremental"):
                con.execute(f"create schema if not exists {node.schema}")
                con.execute(f"create table {node.schema}.{node.alias} (nothing int)")


def findings(project: Path = DBT) -> list[str]:
    return list(dict.fromkeys(text for one in compiled(project) for text in check(one)))


def main() -> int:
    try:
        found = findings()
    except DbtRefusedError as error:
        print(error)
        return 1
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
