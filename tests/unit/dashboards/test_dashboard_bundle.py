"""The bundle: two languages from one template, fixed ids, plain selects."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from dashboards import bundle, charts
from dashboards.reader import load
from dashboards.specs import LANGUAGES

SPEC = load()
FILES: dict[str, Any] = {k: yaml.safe_load(v) for k, v in bundle.build(SPEC).items()}
HAN = re.compile(r"[\u4e00-\u9fff]")


def test_the_same_spec_makes_the_same_bundle() -> None:
    assert bundle.build(SPEC) == bundle.build(load())


def test_each_chart_exists_in_each_language() -> None:
    for board in SPEC.dashboards.values():
        for language in LANGUAGES:
            position = FILES[f"dashboards/{board.key}_{language}.yaml"]["position"]
            placed = {v["meta"]["uuid"] for k, v in position.items() if k.startswith("CHART-")}
            made = {
                FILES[f"charts/{board.key}_{key}_{language}.yaml"]["uuid"] for key in board.charts
            }
            assert placed == made


def test_english_assets_hold_no_chinese() -> None:
    for name, asset in FILES.items():
        if name.endswith("_en.yaml"):
            assert not HAN.search(yaml.safe_dump(asset, allow_unicode=True)), name


def test_a_dataset_selects_named_columns_and_puts_codes_in_words() -> None:
    sql = bundle.select(SPEC, SPEC.datasets["board"], "zh")
    assert 't0."score"' in sql
    assert 't0."level_zh" as "level_text"' in sql
    assert "when 'intro' then '导入'" in sql
    assert "*" not in sql
    english = bundle.select(SPEC, SPEC.datasets["publications"], "en")
    assert 't0."at" + interval 8 hour as "published_at"' in english
    assert "when 'refused' then 'Refused'" in english


def test_a_count_is_labelled_with_its_unit_and_a_maximum_with_its_column() -> None:
    board = SPEC.dashboards["hit_tracking"]
    levels = charts.form_data(SPEC, board.charts["levels"], "zh")
    assert levels["metrics"][0]["label"] == "款数"
    cover = charts.form_data(SPEC, board.charts["cover"], "en")
    assert (cover["x"]["aggregate"], cover["x"]["label"]) == ("MAX", "Weeks of supply")


def test_a_ratio_is_taken_from_dbt_and_sums_before_it_divides() -> None:
    data = SPEC.datasets["sales_week"]
    made = bundle.dataset(SPEC, data, "en")["metrics"]
    growth = next(one for one in made if one["metric_name"] == "yoy_week_growth")
    assert growth["expression"] == "sum(net_amt_growth) / nullif(sum(net_amt_ly), 0)"
    assert 't0."closed_units"' in bundle.select(SPEC, data, "en")
    board = SPEC.dashboards["sales_overview"]
    table = charts.form_data(SPEC, board.charts["channels"], "en")
    assert table["metrics"][2] == "yoy_week_growth"
    assert {rule["column"] for rule in table["conditional_formatting"]} == {"yoy_week_growth"}


def test_a_filter_leaves_charts_without_its_column_alone() -> None:
    board = SPEC.dashboards["sales_overview"]
    filters = FILES["dashboards/sales_overview_en.yaml"]["metadata"]["native_filter_configuration"]
    week = next(one for one in filters if one["id"].endswith("retail_week"))
    excluded = {list(board.charts)[number - 1] for number in week["scope"]["excluded"]}
    assert excluded == {"trend", "bases", "stock_trend"}


def test_colours_compare_with_words_of_the_language() -> None:
    board = SPEC.dashboards["hit_tracking"]
    for language, word in (("zh", "爆款"), ("en", "Hit")):
        rules = charts.form_data(SPEC, board.charts["board"], language)["conditional_formatting"]
        assert word in {rule.get("targetValue") for rule in rules if rule["operator"] == "="}


def test_the_first_fitting_colour_wins() -> None:
    rules = charts.form_data(SPEC, SPEC.dashboards["hit_tracking"].charts["board"], "en")
    shown = [r for r in rules["conditional_formatting"] if r["column"] == "weeks_of_supply"]
    first = SPEC.cells["weeks_of_supply"][0]
    assert shown[-1]["targetValue"] == first["below"]
    assert shown[-1]["colorScheme"] == first["colour"]


@pytest.mark.parametrize(
    ("wanted", "operator", "values"),
    [(["a"], "IN", ["a"]), ({"not": ["a"]}, "NOT IN", ["a"]), ("present", "IS NOT NULL", None)],
)
def test_conditions(wanted: Any, operator: str, values: Any) -> None:
    made = charts._where(SPEC.dashboards["hit_tracking"].charts["hits"], "level", wanted)
    assert (made["operator"], made.get("comparator")) == (operator, values)


def test_numbers_have_sensible_formats() -> None:
    board = SPEC.dashboards["hit_tracking"].charts["board"]
    cells = charts.form_data(SPEC, board, "zh")["column_config"]
    assert cells["sell_through_rate"]["d3NumberFormat"] == ".1%"
    assert cells["cum_net_units"]["d3NumberFormat"] == ",d"
    assert cells["weeks_of_supply"]["d3NumberFormat"] == ",.1f"
