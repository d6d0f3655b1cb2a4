"""Each dashboard in each language: all drawn, nothing broken, nothing mixed, published values."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboards import browser
from dashboards.reader import load
from dashboards.specs import Chart
from serving.connect import connect
from tests.browser import expected
from tests.browser.conftest import Site

SPEC = load()
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("key", sorted(SPEC.dashboards))
def test_all_charts_are_drawn_with_the_published_values(
    site: Site, page: Page, phone: Page, key: str, language: str
) -> None:
    page = phone if key.endswith("_phone") else page
    board = SPEC.dashboards[key]
    answers = browser.open_dashboard(page, site.address, board.slug(language), language)
    browser.picture(page, site.pictures / f"{key}_{language}.png")
    assert browser.errors(page) == []
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0 or page is not phone
    shown = browser.own_texts(page)
    listed = page.request.get(f"{site.address}/api/v1/dashboard/{board.slug(language)}/charts")
    names = {one["id"]: one["slice_name"] for one in listed.json()["result"]}

    by_title = {chart.title[language]: chart for chart in board.charts.values()}
    singles = {one.column for one in board.filters if one.single}
    asked: set[str] = set()
    with connect(site.home) as con:
        for one in answers:
            assert one["status"] == 200
            slice_id = one["request"]["form_data"].get("slice_id")
            if slice_id is None:  # a filter's list of values
                continue
            chart = by_title[names[slice_id]]
            asked.add(chart.key)
            chosen = {
                f["col"]: f["val"]
                for f in one["request"]["queries"][0]["filters"]
                if f["col"] in singles
            }
            assert set(chosen) == singles & set(chart.dataset.columns())
            wanted = expected.answer(con, SPEC, chart, language, chosen)
            given = one["result"]["data"]
            if chart.kind in ("bars", "lines", "areas"):
                given = expected.unpivoted(chart, given)
            assert same(chart, given, wanted), (chart.key, given[:3], wanted[:3])
    assert asked == set(board.charts)
    titles = [chart.title[language] for chart in board.charts.values()]
    assert set(titles) <= set(shown)
    wrong = [text for text in shown if bool(HAN.search(text)) == (language == "en")]
    assert wrong == []


def same(chart: Chart, given: list[dict], wanted: list[dict]) -> bool:
    """Equal rows; in order where the chart is a table with an order."""
    if chart.kind == "table" and chart.options.get("order"):
        order = list(chart.options["order"])
        keyed = [[row.get(c) for c in order] for row in given]
        if keyed != [[row.get(c) for c in order] for row in wanted]:
            return False
    return multiset(given) == multiset(wanted)


def multiset(rows: list[dict]) -> list[str]:
    """Rows without order and without the shares that a pie's labels bring along."""
    return sorted(
        repr(sorted((k, rounded(v)) for k, v in row.items() if not k.endswith("__contribution")))
        for row in rows
    )


def rounded(value: Any) -> Any:
    """Floats to nine significant digits; whole floats as integers."""
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() else float(f"{value:.9g}")
    return value
