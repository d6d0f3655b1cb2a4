"""A run's books: written at its start and, whatever happened, at its end."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from baokuan.home import Home
from baokuan.lock import LockedError
from orchestration.session import Session, open_session
from serving import records


def run_row(home: Home) -> tuple:
    name = (home.published / "OPS").read_text().strip()
    path = home.published / "ops" / name / "ops.duckdb"
    with duckdb.connect(str(path), read_only=True) as con:
        row = con.execute("select status, reason from runs order by started_at").fetchall()[-1]
    return row


def test_a_failure_is_in_ops_with_its_first_reason(tmp_path: Path) -> None:
    home = Home(tmp_path)
    session = Session(home, "r1", "nightly", say=lambda text: None)
    with pytest.raises(RuntimeError, match="second"), open_session(session):
        with pytest.raises(ValueError), session.step("ingest"):
            raise ValueError("disk on fire")
        with session.step("dbt build"):
            raise RuntimeError("second")
    assert run_row(home) == ("failed", "ingest: ValueError: disk on fire")
    assert session.verdict is not None and session.verdict.exit_code == 2
    notice = json.loads((home.reports / "notifications.jsonl").read_text())
    assert notice["run_id"] == "r1" and "disk on fire" in notice["headline"]


def test_a_whole_job_without_a_version_has_failed(tmp_path: Path) -> None:
    session = Session(Home(tmp_path), "r1", "nightly", publishes=True, say=lambda text: None)
    with open_session(session):
        pass
    status, reason = run_row(session.home)
    assert status == "failed" and "before it published" in reason


def test_a_published_run_is_a_success_and_tells_nobody(tmp_path: Path) -> None:
    session = Session(Home(tmp_path), "r1", "nightly", publishes=True, say=lambda text: None)
    with open_session(session):
        session.version = "20261101T000000000000Z-nightly"
    assert run_row(session.home) == ("success", None)
    assert not (session.home.reports / "notifications.jsonl").exists()


def test_a_second_try_starts_with_a_clean_slate(tmp_path: Path) -> None:
    session = Session(Home(tmp_path), "r1", "nightly")
    with pytest.raises(BlockingIOError), session.step("dbt build"):
        raise BlockingIOError("locked")
    session.recover()
    assert session.status == "success"


def test_a_killed_run_is_closed_by_the_next(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    killed = records.Run(
        "dead",
        "nightly",
        "running",
        records.timestamp(),
        row_counts=[records.RowCount("a.b", 1, 1)],
    )
    records.record_run(home, killed)
    with open_session(Session(home, "r2", "nightly", say=lambda text: None)):
        pass
    stored = {data["run_id"]: data for data in records.read_folder(home.ops_records / "runs")}
    assert stored["dead"]["status"] == "failed" and "interrupted" in stored["dead"]["reason"]
    assert stored["dead"]["row_counts"] == [{"table": "a.b", "rows": 1, "rows_touched": 1}]


def test_two_runs_never_share_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with (
        open_session(Session(home, "r1", "nightly", say=lambda text: None)),
        pytest.raises(LockedError),
        open_session(Session(home, "r2", "nightly", say=lambda text: None), wait_seconds=0),
    ):
        pass
