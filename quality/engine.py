"""Great Expectations on one DuckDB file: runs suites, returns plain outcomes, lets go of the file.

The only module that imports Great Expectations (4–5 s), and only when something is run. The data
source's settings are what it takes on DuckDB: autocommit, no roll-back on return, no temp tables.
"""

from __future__ import annotations

import functools
import gc
import logging
import os
import threading
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.suites import Check, Suite

_GX_SEVERITY = {"block_version": "critical", "block_feed": "warning", "warn": "info"}


@dataclass(frozen=True)
class Outcome:
    """What Great Expectations said of one check; ``validation`` carries it to the Data Docs."""

    check: Check
    success: bool
    observed: str
    error: str | None = None


@dataclass(frozen=True)
class Judged:
    """A suite's outcomes and its validation as JSON, free of rows and values."""

    suite: Suite
    outcomes: list[Outcome]
    validation: dict[str, Any]


class Engine:
    """A data source on one file; a context manager, at whose end no connection is left open."""

    def __init__(
        self, file: Path, spill: Path, memory_limit: str = "1GB", threads: int = 2
    ) -> None:
        self._file = file
        self._config = {
            "memory_limit": memory_limit,
            "threads": threads,
            "temp_directory": str(spill),
        }

    def __enter__(self) -> Engine:
        gx = import_gx()
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}
        self._source = self._context.data_sources.add_sql(
            name="duckdb",
            connection_string=f"duckdb:///{self._file}",
            kwargs={
                "isolation_level": "AUTOCOMMIT",
                "skip_autocommit_rollback": True,
                "pool_reset_on_return": None,
                "connect_args": {"read_only": True, "config": self._config},
            },
            create_temp_table=False,
        )
        self._engines: list[Any] = [self._source.get_engine()]
        return self

    def __exit__(self, *_: object) -> None:
        for engine in self._engines:
            engine.dispose()
        execution = getattr(self._source, "_execution_engine", None)
        if execution is not None:
            execution.close()
        del self._context, self._source, self._engines
        gc.collect()  # what still refers to a connection keeps the file's lock

    def judge(self, suite: Suite, checks: Sequence[Check]) -> Judged:
        """Run the given checks of a suite on its target."""
        gx = import_gx()
        from great_expectations.expectations.expectation_configuration import (
            ExpectationConfiguration,
        )
        from great_expectations.expectations.metadata_types import FailureSeverity

        schema, _, table = suite.target.partition(".")
        with warnings.catch_warnings():
            # The advice is to name one schema for the whole source; a candidate has several.
            warnings.filterwarnings("ignore", "`schema_name` is deprecated", DeprecationWarning)
            asset = self._source.add_table_asset(
                name=suite.name, table_name=table, schema_name=schema
            )
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        self._engines.append(batch.data.execution_engine.engine)
        expectations = gx.ExpectationSuite(
            name=suite.name,
            expectations=[
                ExpectationConfiguration(
                    type=check.type,
                    kwargs=check.kwargs,
                    meta={"number": number, "id": check.id, "severity": check.severity},
                    description=check.label,
                    severity=FailureSeverity(_GX_SEVERITY[check.severity]),
                ).to_domain_obj()
                for number, check in enumerate(checks)
            ],
        )
        validation = batch.validate(
            expectations,
            result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
        )
        found = {r.expectation_config.meta["number"]: r for r in validation.results}
        outcomes = [_outcome(check, found[number]) for number, check in enumerate(checks)]
        return Judged(suite, outcomes, _presentable(validation.to_json_dict()))

    def counts(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query of counts, for the text of a failure."""
        import sqlalchemy

        with self._engines[0].connect() as con:
            text = sqlalchemy.text(sql.replace(":", r"\:"))
            return [dict(row) for row in con.execute(text).mappings()]


def _outcome(check: Check, result: Any) -> Outcome:
    error = _exception(result.exception_info)
    if error:
        return Outcome(check, False, "", error)
    observed = result.result.get("observed_value")
    if observed is None:
        bad = result.result.get("unexpected_count", 0)
        observed = f"{bad} of {result.result.get('element_count', 0)} rows"
    return Outcome(check, bool(result.success), str(observed))


def import_gx() -> Any:
    """Great Expectations with our kind of check, without its notices and its usage events."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations

    logging.getLogger("great_expectations").setLevel(logging.ERROR)  # the import sets its own
    _register_bad_rows_query()
    return great_expectations


@functools.cache
def _register_bad_rows_query() -> None:
    """Make ``bad_rows_query`` known to Great Expectations: a query that must return no row.

    The library's own UnexpectedRowsExpectation runs every query twice, for its rows and for their
    number. Ours return one row of counts at most, never a row of data: once is enough.
    """
    from great_expectations.expectations import UnexpectedRowsExpectation

    class BadRowsQuery(UnexpectedRowsExpectation):
        metric_dependencies = ("unexpected_rows_query.table",)

        def _validate(
            self, metrics: dict, runtime_configuration: Any = None, execution_engine: Any = None
        ) -> dict[str, Any]:
            rows = metrics["unexpected_rows_query.table"]
            observed = ", ".join(f"{k} {v}" for k, v in rows[0].items()) if rows else "0 rows"
            return {"success": not rows, "result": {"observed_value": observed}}


def load_early() -> None:
    """Begin to load Great Expectations, which takes seconds, beside work that mostly waits."""
    threading.Thread(target=import_gx, name="great_expectations", daemon=True).start()


def _exception(info: dict[str, Any]) -> str | None:
    """The message of a check that could not run, in either of the library's two shapes."""
    shapes = [info] if "raised_exception" in info else list(info.values())
    for shape in shapes:
        if isinstance(shape, dict) and shape.get("raised_exception", True):
            message = str(shape.get("exception_message") or shape)
            return message.partition("[SQL")[0][:300].replace("\n", " ").strip()
    return None


def _presentable(validation: dict[str, Any]) -> dict[str, Any]:
    """Without rows and values."""
    for result in validation["results"]:
        for key in list(result["result"]):
            if key.startswith(("partial_", "unexpected_list", "unexpected_index", "details")):
                del result["result"][key]
        if _exception(result["exception_info"]):
            result["exception_info"] = {
                "raised_exception": True,
                "exception_message": _exception(result["exception_info"]),
                "exception_traceback": "",
            }
    return validation
