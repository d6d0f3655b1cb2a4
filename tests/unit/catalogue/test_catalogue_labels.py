"""What a column is called follows from one row, wherever it is shown."""

from __future__ import annotations

import pytest

from catalogue import read
from catalogue.labels import Labels

LABELS = Labels(read.project())


@pytest.mark.parametrize(
    ("table", "column", "zh", "en"),
    [
        ("hits.board", "style_name", "款名", "Style name"),
        ("core.fct_sale_line", "units", "库存变动件数", "Change of units on hand"),
        ("hits.intraday", "units", "今日件数", "Units today"),
        ("ops.runs", "status", "状态", "Status"),
        ("core.fct_po_line", "status", "单据状态", "Status"),
        ("hits.board", "sell_through_rate", "售罄率", "Sell-through rate"),
        ("hits.store_board", "sell_through_rate", "店售罄率", "Sell-through of the store"),
        ("hits.board", "sell_through_rate_num", "累计净销量", "Cumulative net units"),
        ("hits.board", "sell_through_rate_status", "售罄率·状态", "Sell-through rate, status"),
        ("hits.board", "level_zh", "等级（中文）", "Level, in Chinese"),
        ("hits.board", "avail_units", "可用件数", "Available units"),
    ],
)
def test_a_label(table: str, column: str, zh: str, en: str) -> None:
    label = LABELS.find(table, column)
    assert label is not None
    assert (label.zh, label.en) == (zh, en)


def test_what_nobody_named_has_no_label() -> None:
    assert LABELS.find("hits.board", "unheard_of") is None
    assert LABELS.find("hits.board", "cum_net_units_num") is None  # no ratio


def test_a_comment_holds_both_languages_and_the_defaults_of_thresholds() -> None:
    label = LABELS.find("hits.board", "coverage")
    assert label is not None
    assert "低于95%时" in label.comment
    assert "below 95% company" in label.comment
    assert label.comment.count(" / ") == 1


def test_the_first_scope_with_its_own_name_wins() -> None:
    here = LABELS.first(("superset.recent_sales", "core.dim_store"), "store_name")
    there = LABELS.first(("superset.shops", "core.dim_store"), "store_name")
    assert here is not None and there is not None
    assert (here.zh, there.zh) == ("门店", "店仓名称")
