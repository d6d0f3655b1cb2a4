"""Specs are read, and what is wrong in them is said with file and place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from catalogue import read
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
        (
            "dashboards/hit_tracking.yml",
            "dataset: board",
            "datset: board",
            r"hit_tracking.yml:\d+: unknown key 'datset'; did you mean 'dataset'?",
        ),
        (
            "dashboards/hit_tracking.yml",
            "title: [数据截至日, As of]",
            "title: As of",
            r"hit_tracking.yml:\d+: write \[中文, English\], not 'As of'",
        ),
        ("datasets.yml", "table: hits.board", "tabel: hits.board", r"datasets.yml:\d+: .*'table'"),
        ("colours.yml", "palette:", "pallete:", "'palette' is missing"),
        ("queries.yml", "sql:", "sequel:", "unknown key 'sequel'"),
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
    board = spec.datasets["board"]
    assert spec.column(board, "level_text").label == spec.column(board, "level").label
    with pytest.raises(SpecError, match=r"no label for column unheard_of.* for hits\.board"):
        spec.column(board, "unheard_of")


def test_one_name_may_be_called_differently_in_two_datasets() -> None:
    spec = load()
    said = [spec.column(spec.datasets[key], "reason_text").label.zh for key in ("proposals",)]
    said += [spec.column(spec.datasets[key], "reason").label.zh for key in ("files",)]
    assert said == ["建议原因", "原因"]


def test_the_board_and_the_sheet_hold_every_indicator_of_the_catalogue() -> None:
    spec = load()
    catalogued = {one.indicator for one in read.project().at("company")}
    assert catalogued <= set(spec.datasets["board"].columns())
    assert catalogued == set(spec.datasets["sheet"].sheet)
    assert catalogued <= spec.dashboards["hit_tracking"].charts["board"].columns()


def test_a_dataset_knows_the_table_of_each_column() -> None:
    curve = load().datasets["curve"]
    assert curve.table_of("cum_net_units") == "hits.daily"
    assert curve.table_of("level_text") == "hits.board"
