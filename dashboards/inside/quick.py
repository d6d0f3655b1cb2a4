"""Work that Superset repeats several times in every chart request, done once a process instead.

Each function here replaces one of Superset's or its driver's by one with the same answers: reading
the text of a query, making the engine of the one database, asking it for its default schema and
its reserved words, loading a chart's dataset twice. Without them a request past the cache takes
twice the processor time. What is read, by whom and from which version does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

TEXTS = 400  # of queries kept read, per process


def after(mend: Callable[[Any], None]) -> Callable[[Any], None]:
    """For Superset's ``FLASK_APP_MUTATOR``: another one's work, then ours. No DuckDB is opened."""

    def mutate(app: Any) -> None:
        mend(app)
        read_once()
        one_engine()
        known_dialect()
        chart_alone()

    return mutate


def read_once() -> None:
    """Queries are parsed once; whoever asks gets a copy of his own, for some change theirs."""
    from superset.sql.parse import SQLStatement

    split = SQLStatement.split_script.__func__

    @lru_cache(TEXTS)
    def read(script: str, engine: str) -> tuple[Any, ...]:
        return tuple(split(SQLStatement, script, engine))

    def split_script(cls: type, script: str, engine: str) -> list[Any]:
        return [_copy(statement) for statement in read(script, engine)]

    SQLStatement.split_script = classmethod(split_script)


def _copy(statement: Any) -> Any:
    made = object.__new__(type(statement))
    made.__dict__ |= statement.__dict__
    made._parsed = statement._parsed.copy()
    made.tables = set(statement.tables)
    return made


def one_engine() -> None:
    """Engines differ by what they are made from; the same one serves every request.

    An engine keeps no connection: each request still connects to the version it has pinned.
    """
    from superset.models import core

    make = core.create_engine

    @lru_cache(8)
    def made(url: Any, options: tuple[tuple[str, Any], ...]) -> Any:
        return make(url, **dict(options))

    def create_engine(url: Any, **options: Any) -> Any:
        return made(url, tuple(sorted(options.items())))

    core.create_engine = create_engine


def known_dialect() -> None:
    """The default schema is DuckDB's own; its reserved words are asked for by the first request.

    The driver adds them to a set that all preparers share, and asks DuckDB again for each of them.
    """
    from duckdb_engine import DuckDBIdentifierPreparer
    from sqlalchemy.dialects.postgresql.base import PGIdentifierPreparer
    from superset.db_engine_specs.duckdb import DuckDBEngineSpec

    ask = DuckDBIdentifierPreparer.__init__
    asked: list[bool] = []

    def prepare(self: Any, dialect: Any, **options: Any) -> None:
        if asked:
            PGIdentifierPreparer.__init__(self, dialect, **options)
            return
        ask(self, dialect, **options)
        asked.append(True)

    DuckDBIdentifierPreparer.__init__ = prepare
    DuckDBEngineSpec.get_default_schema = classmethod(lambda cls, database, catalog: "main")


def chart_alone() -> None:
    """A request needs its chart's own settings; the dataset it has by its number already."""
    from sqlalchemy.orm import lazyload
    from superset.common.query_context_factory import QueryContextFactory
    from superset.daos.chart import ChartDAO
    from superset.models.slice import Slice

    def get_slice(self: Any, number: Any) -> Any:
        return ChartDAO.find_by_id(number, query_options=[lazyload(Slice.table)])

    QueryContextFactory._get_slice = get_slice
