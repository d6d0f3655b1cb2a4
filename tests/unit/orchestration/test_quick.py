"""Nothing new is only said when nothing is: each thing that a run looks at is a reason to run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from baokuan.home import Home
from orchestration import quick


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("BAOKUAN_NOW", "2026-11-01T06:00:00+08:00")
    monkeypatch.setenv("BAOKUAN_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(tmp_path / "contracts"))
    project = tmp_path / "models"
    for folder in (tmp_path / "config", tmp_path / "contracts", project):
        folder.mkdir()
    monkeypatch.setenv("BAOKUAN_DBT_PROJECT", str(project))
    made = Home(tmp_path / "home").make()
    write(made.landing / "erp" / "strange.csv", "blocked")
    write(made.bronze / "sale" / "f1.parquet", "rows")
    write(made.outcomes / "f1.json", "loaded")
    write(made.warehouse, "tables")
    write(made.published / "CURRENT", "v1\n")
    return made


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def finished(home: Home, during=lambda: None) -> None:
    """A run, and what happens while it is at work."""
    seen = quick.seen_at_start(home) | quick.seen_before_building(home)
    during()
    quick.note(home, seen, "v1")


def test_nothing_is_noted_before_a_first_run(home: Home) -> None:
    assert not quick.is_nothing_new(home)


def test_after_a_run_nothing_is_new_and_a_blocked_file_that_stays_is_no_news(home: Home) -> None:
    finished(home)
    assert quick.is_nothing_new(home)


@pytest.mark.parametrize(
    "change",
    [
        lambda home: write(home.landing / "pos" / "new.csv", "x"),
        lambda home: write(home.landing / "erp" / "strange.csv", "mended"),
        lambda home: (home.landing / "erp" / "strange.csv").unlink(),
        lambda home: write(home.outcomes / "f1.json", "released"),
        lambda home: write(home.bronze / "sale" / "f1.parquet", "erased"),
        lambda home: write(home.root.parent / "config" / "thresholds.csv", "name,value"),
        lambda home: write(home.root.parent / "contracts" / "own.yml", "feed: x"),
        lambda home: write(home.root.parent / "models" / "a.sql", "select 1"),
        lambda home: write(home.published / "CURRENT", "v0\n"),
        lambda home: home.warehouse.unlink(),
        lambda home: os.environ.update(BAOKUAN_NOW="2026-11-02T06:00:00+08:00"),
    ],
    ids=["landed", "mended", "taken away", "released", "erased", "setting", "contract", "model",
         "rolled back", "no warehouse", "new day"],
)  # fmt: skip
def test_whatever_changes_is_a_reason_to_run(home: Home, change) -> None:
    finished(home)
    change(home)
    assert not quick.is_nothing_new(home)


@pytest.mark.parametrize(
    "change",
    [
        lambda home: write(home.landing / "pos" / "late.csv", "x"),
        lambda home: write(home.landing / "erp" / "strange.csv", "mended"),
        lambda home: write(home.outcomes / "f1.json", "released"),
        lambda home: write(home.root.parent / "config" / "thresholds.csv", "name,value"),
    ],
    ids=["landed", "mended", "released", "setting"],
)
def test_what_changes_while_a_run_works_is_new_for_the_next(home: Home, change) -> None:
    finished(home, during=lambda: change(home))
    assert not quick.is_nothing_new(home)
