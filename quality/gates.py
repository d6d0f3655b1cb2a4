"""The two gates: judge the new rows of bronze, judge the candidate; record what was found.

What a failure leads to is decided by the caller: ``block_feed`` holds the feed's new files,
``block_version`` keeps the version that serves. Nothing is changed here but the records.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from baokuan import clock, files
from baokuan.home import Home, config_dir
from quality import scratch, suites
from quality.engine import Engine, Judged, Outcome
from quality.results import Result, store
from quality.suites import Check, Suite
from serving import versions
from serving.records import timestamp

VALIDATIONS = "validations"


def check_bronze(home: Home, run_id: str, everything: bool = False) -> list[Result]:
    """Judge the rows of each feed that the warehouse has not absorbed yet.

    A feed that the retailer doesn't send is ``not_available``, one without new files is
    ``nothing_new``.
    ``Result.file_ids`` of a failure are the files to hold.

    Raises:
        scratch.NoWarehouse: bronze is not registered in the warehouse file.
    """
    loaded = suites.load("bronze", {"as_of": as_of(home)}, suites.read_accepted(config_dir()))
    results: list[Result] = []
    with _folder(home) as folder:
        new = scratch.build(home, loaded, folder / "scratch.duckdb", everything)
        judge = [s for s in loaded if new.rows.get(s.name)]
        for suite in loaded:
            if suite not in judge:
                status = "nothing_new" if suite.name in new.available else "not_available"
                results += [_unjudged(suite, c, run_id, "bronze", status) for c in suite.checks]
        if judge:
            with Engine(new.file, folder / "spill") as engine:
                for suite in judge:
                    missing = {n for c in suite.checks for n in c.needs if n not in new.available}
                    run = [c for c in suite.checks if not missing & set(c.needs)]
                    results += [
                        _unjudged(suite, c, run_id, "bronze", "not_available", missing)
                        for c in suite.checks
                        if c not in run
                    ]
                    judged = engine.judge(suite, run)
                    keep_validation(home, "bronze", judged)
                    for outcome in judged.outcomes:
                        details = _details(outcome) + _files(engine, suite, outcome, new)
                        results.append(
                            _result(suite, outcome, run_id, "bronze", details,
                                    new.files[suite.name])
                        )  # fmt: skip
    store(home, run_id, "bronze", results)
    return results


def check_candidate(home: Home, path: Path, run_id: str) -> list[Result]:
    """Judge a candidate's file (or its folder) against the version that serves and the clock."""
    file = path if path.name == versions.FILE else path / versions.FILE
    results: list[Result] = []
    now = versions.current(home)
    previous = versions.manifest(home, now)["tables"] if now else None
    loaded = suites.load(
        "candidate",
        {"as_of": as_of(home), "previous_rows": previous, "columns": _columns(file)},
        suites.read_accepted(config_dir()),
    )
    tables = _tables(file)
    have = set(tables) | ({"previous version"} if previous else set())
    with _folder(home) as folder, Engine(file, folder / "spill") as engine:
        for suite in loaded:
            if suite.target not in tables:
                results.append(_absent(suite, run_id))
                continue
            run = [c for c in suite.checks if set(c.needs) <= have and _nonempty(c, tables)]
            for check in suite.checks:
                if check not in run:
                    lacking = {n for n in check.needs if not tables.get(n)}
                    results.append(
                        _unjudged(suite, check, run_id, "candidate", "not_available", lacking)
                    )
            judged = engine.judge(suite, run)
            keep_validation(home, "candidate", judged)
            results += [
                _result(suite, o, run_id, "candidate", _details(o)) for o in judged.outcomes
            ]
    store(home, run_id, "candidate", results)
    return results


def as_of(home: Home) -> str:
    """The business day that the run works for: what ingest registered, else the clock."""
    if home.warehouse.is_file():
        try:
            with duckdb.connect(str(home.warehouse), read_only=True) as con:
                rows = con.execute("select as_of_date::varchar from bronze._run").fetchall()
            if rows and rows[0][0]:
                return rows[0][0]
        except duckdb.Error:
            pass  # no such table yet, or a writer at work: the clock is right then
    return clock.as_of().isoformat()


def keep_validation(home: Home, gate: str, judged: Judged) -> None:
    """Keep the last validation of each suite for the Data Docs (quality/docs.py)."""
    path = home.state / "quality" / VALIDATIONS / gate / f"{judged.suite.name}.json"
    record = {
        "suite": judged.suite.name,
        "gate": gate,
        "title": judged.suite.title,
        "checked_at": timestamp(),
        "validation": judged.validation,
    }
    files.write_atomic(path, json.dumps(record, ensure_ascii=False, default=str))


def _tables(file: Path) -> dict[str, int]:
    with duckdb.connect(str(file), read_only=True) as con:
        return {
            f"{s}.{t}": con.execute(f'select count(*) from {s}."{t}"').fetchall()[0][0]
            for s, t in con.execute(
                "select schema_name, table_name from duckdb_tables() where not internal"
            ).fetchall()
        }


def _columns(file: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(file), read_only=True) as con:
        return dict(
            con.execute(
                "select schema_name || '.' || table_name, list(column_name order by column_index) "
                "from duckdb_columns() where not internal group by 1"
            ).fetchall()
        )


def _nonempty(check: Check, tables: dict[str, int]) -> bool:
    """A check that needs a table needs rows in it: an empty ledger proves nothing."""
    return all(tables.get(name, 1) for name in check.needs)


def _details(outcome: Outcome) -> str:
    return f"{outcome.check.doc} — {outcome.error}" if outcome.error else outcome.check.doc


def _files(engine: Engine, suite: Suite, outcome: Outcome, new: scratch.Scratch) -> str:
    """The files with most bad rows, by path; only for a failure of a condition on rows."""
    if outcome.success or outcome.error or not outcome.check.bad:
        return ""
    rows = engine.counts(
        f"select _file_id, count(*) as bad_rows from {suite.target} as b "
        f"where {outcome.check.bad} group by 1 order by 2 desc, 1 limit 5"
    )
    named = [f"{new.sources.get(r['_file_id'], r['_file_id'])}: {r['bad_rows']}" for r in rows]
    return " — " + ", ".join(named)


def _result(
    suite: Suite,
    outcome: Outcome,
    run_id: str,
    gate: str,
    details: str,
    file_ids: Sequence[str] = (),
) -> Result:
    status = "error" if outcome.error else "passed" if outcome.success else "failed"
    return Result(
        suite=suite.name,
        target=suite.target,
        expectation=outcome.check.id,
        column=outcome.check.column,
        severity=outcome.check.severity,
        success=outcome.success,
        observed=outcome.observed or None,
        details=details,
        checked_at=timestamp(),
        run_id=run_id,
        status=status,
        gate=gate,
        file_ids=tuple(file_ids),
    )


def _unjudged(
    suite: Suite,
    check: Check,
    run_id: str,
    gate: str,
    status: str,
    lacking: set[str] | frozenset[str] = frozenset(),
) -> Result:
    why = f" — needs {', '.join(sorted(lacking))}" if lacking else ""
    return Result(
        suite=suite.name,
        target=suite.target,
        expectation=check.id,
        column=check.column,
        severity=check.severity,
        success=None,
        observed=None,
        details=check.doc + why,
        checked_at=timestamp(),
        run_id=run_id,
        status=status,
        gate=gate,
    )


def _absent(suite: Suite, run_id: str) -> Result:
    """The table is not in the candidate: a failure only where the suite says so."""
    return Result(
        suite=suite.name,
        target=suite.target,
        expectation="table_exists",
        column=None,
        severity=suite.missing or "warn",
        success=False if suite.missing else None,
        observed="no such table",
        details=f"{suite.title}: 候选版本中没有此表 / the candidate has no such table",
        checked_at=timestamp(),
        run_id=run_id,
        status="failed" if suite.missing else "not_available",
        gate="candidate",
    )


@contextmanager
def _folder(home: Home) -> Iterator[Path]:
    root = home.state / "quality"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="scratch-", dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
