"""Drift: the suites name only columns that contracts and dbt YAML have, and nothing personal."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from ingest.bronze.schema import columns as bronze_columns
from ingest.contract import load_all
from quality import suites
from quality.suites import FOLDER, SuiteError
from tests.unit.quality import candidates

FACTS = {
    "as_of": "2026-10-31",
    "previous_rows": {},
    "columns": {table: candidates.columns(table) for table in candidates.TABLES},
}
CONTRACTS = {c.feed: c for c in load_all() if c.source is None}
BRONZE_META = {"_file_date": "DATE", "_file_seq": "VARCHAR", "_batch": "BIGINT"}
REQUIRED = {
    "erp_sku", "erp_style", "erp_price", "erp_location", "erp_stock_snap", "erp_stock_move",
    "pos_receipt", "pos_receipt_line", "ec_order", "ec_order_line",
}  # fmt: skip


def bronze(feed: str) -> dict[str, str]:
    return {**dict(bronze_columns(CONTRACTS[feed])), **BRONZE_META}


def every(kind: str):
    return [pytest.param(s, id=s.name) for s in suites.load(kind, FACTS)]


def named(check) -> set[str]:
    """Columns that an expectation's arguments name."""
    listed = check.kwargs.get("column_list", [])
    return {c for c in [check.kwargs.get("column"), *listed] if c}


def test_the_ten_feeds_and_the_board_have_suites():
    assert {s.name for s in suites.load("bronze", FACTS)} >= REQUIRED
    assert {s.target for s in suites.load("candidate", FACTS)} >= {"hits.board", "hits.daily"}


@pytest.mark.parametrize("suite", every("bronze"))
def test_bronze_suites_know_their_contract(suite):
    """Queries are bound against empty tables: a column that is gone is an error with its name."""
    assert suite.target == f"bronze.{suite.name}"
    have = bronze(suite.name)
    personal = {c.name for c in CONTRACTS[suite.name].columns if c.personal}
    with duckdb.connect() as con:
        con.execute("create schema bronze; create schema known")
        _create(con, suite.target, have)
        for feed, keys in suite.known.items():
            assert set(keys) <= set(bronze(feed)), f"{suite.name}: known.{feed}"
            _create(con, f"known.{feed}", {k: bronze(feed)[k] for k in keys})
        for check in suite.checks:
            assert named(check) <= set(have), f"{suite.name}.{check.id}"
            assert set(check.needs) <= set(CONTRACTS)
            _bind(con, suite, check)
            words = set(re.findall(r"\w+", f"{check.kwargs} {check.column}"))
            assert not words & personal, f"{suite.name}.{check.id} looks at personal data"


@pytest.mark.parametrize("suite", every("candidate"))
def test_candidate_suites_know_the_published_columns(suite):
    with duckdb.connect() as con:
        con.execute("create schema core; create schema hits")
        for table in candidates.TABLES:
            _create(con, table, candidates.columns(table))
        have = candidates.columns(suite.target)
        for check in suite.checks:
            assert named(check) <= set(have), f"{suite.name}.{check.id}"
            assert set(check.needs) <= {*candidates.TABLES, "previous version"}
            _bind(con, suite, check)


@pytest.mark.parametrize("table", ["hits.board", "hits.daily"])
def test_every_indicator_of_the_mart_is_checked(table):
    """A value column with a status is an indicator; suites find them by themselves."""
    have = candidates.columns(table)
    published = {n for n in have if f"{n}_status" in have}
    suite = next(s for s in suites.load("candidate", FACTS) if s.target == table)
    checked = {
        c.id.removeprefix("status_of_") for c in suite.checks if c.id.startswith("status_of_")
    }
    assert checked == published
    assert {"cum_net_units", "sell_through_rate", "return_rate"} <= checked


def test_every_known_code_of_a_contract_is_a_code_of_its_suite():
    """A value that a contract maps to must not be foreign to the gate."""
    for suite in suites.load("bronze", FACTS):
        columns = {c.name: c for c in CONTRACTS[suite.name].columns}
        for check in suite.checks:
            if check.type == "expect_column_values_to_be_in_set":
                mapped = set((columns[check.kwargs["column"]].map or {}).values())
                assert mapped <= set(check.kwargs["value_set"]), f"{suite.name}.{check.id}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("suite: a\ntarget: b\nexpectations: []", "title"),
        (
            "suite: a\ntarget: b\ntitle: c\nexpectations: [{id: x, doc: d, bda: y}]",
            "wrong.yml:4: .*'bad'",
        ),
        (
            "suite: a\ntarget: b\ntitle: c\nexpectations: [{id: x, doc: d, bad: y, severity: bad}]",
            "severity 'bad'",
        ),
        (
            "suite: a\ntarget: b\ntitle: c\n"
            "expectations: [{id: x, doc: d, bad: y, each: z, severity: warn}]",
            "wrong.yml:4: there is no list 'z'",
        ),
        ("suite: a\ntarget: b\ntitle: c\nexpectations: [{id: x, doc: d, bad: y}]", "severity"),
    ],
)
def test_a_wrong_suite_says_where(tmp_path: Path, text: str, message: str):
    path = tmp_path / "wrong.yml"
    path.write_text(text)
    with pytest.raises(SuiteError, match=message) as error:
        suites.parse(path, FACTS)
    assert "wrong.yml" in str(error.value)


def test_a_wrong_list_of_accepted_failures_says_where(tmp_path: Path):
    (tmp_path / "quality_accepted.csv").write_text("suite,expectation,reason\na,b,\n")
    with pytest.raises(SuiteError, match="line 2"):
        suites.read_accepted(tmp_path)


def test_every_expectation_is_explained_in_both_languages():
    for path in FOLDER.rglob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["expectations"]:
            assert re.search(r"[\u4e00-\u9fff].* / .*[a-z]", entry["doc"]), (path.name, entry["id"])


def _create(con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str]) -> None:
    declared = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    con.execute(f"create table {table} ({declared})")


def _bind(con: duckdb.DuckDBPyConnection, suite, check) -> None:
    query = check.kwargs.get("unexpected_rows_query")
    if query:
        assert con.execute(query.format(batch=suite.target)).fetchall() == [], check.id
