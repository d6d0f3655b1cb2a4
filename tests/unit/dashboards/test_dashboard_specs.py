"""Specs are read, and what is wrong in them is said with file and place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboards import reader
from dashboards.reader import load
from dashboards.specs import SpecError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "spec"
    shutil.copytree(reader.FOLDER, copy)
    return copy


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_specs_of_the_project_are_read() -> None:
    spec = load()
    assert {"hit_tracking", "operations"} <= set(spec.dashboards)
    assert spec.words["level"]["hit"]["zh"] == "爆款"
    assert spec.words["feed"]["pos_receipt_line"]["en"] == "Receipt lines"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("labels.yml", "[季, Season]", "[季]", "labels.yml: season_name"),
        ("labels.yml", "format: decimal1", "format: decimal7", "decimal7"),
        ("labels.yml", "type: date", "type: day", "labels.yml: as_of_date: type 'day'"),
        ("dashboards/hit_tracking.yml", "{max: as_of_date}", "{median: as_of_date}", "median"),
        ("dashboards/hit_tracking.yml", "{max: as_of_date}", "{max: nowhere}", "nowhere"),
        ("dashboards/hit_tracking.yml", "dataset: board", "dataset: bored", "bored"),
        ("dashboards/hit_tracking.yml", "kind: number", "kind: gauge", "gauge"),
        ("dashboards/hit_tracking.yml", "{levels: 8, stages: 4}", "{levels: 8, stages: 3}", "12"),
        ("dashboards/hit_tracking.yml", "{levels: 8, stages: 4}", "{levels: 12}", "every chart"),
        (
            "datasets.yml",
            "ratios: [yoy_week_growth,",
            "ratios: [luck,",
            "dbt defines no ratio luck",
        ),
        ("dashboards/sales_overview.yml", "{ratio: yoy_week_growth}", "{ratio: luck}", "luck"),
        ("datasets.yml", "skc_id, as_of_date,", "skc_id, skc_id,", "skc_id twice"),
    ],
)
def test_a_wrong_spec_says_what_and_where(
    folder: Path, name: str, old: str, new: str, said: str
) -> None:
    change(folder, name, old, new)
    with pytest.raises(SpecError, match=said):
        load(folder)


def test_a_column_in_words_bears_its_code_s_label() -> None:
    spec = load()
    assert spec.column("level_text").label == spec.column("level").label
    with pytest.raises(SpecError, match="no label for column unheard_of"):
        spec.column("unheard_of")


def test_a_dataset_knows_the_table_of_each_column() -> None:
    curve = load().datasets["curve"]
    assert curve.table_of("cum_net_units") == "hits.daily"
    assert curve.table_of("level_text") == "hits.board"
