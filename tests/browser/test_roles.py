"""As each role: what was tried and what came back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from dashboards import browser, bundle, ids
from tests.browser.conftest import Site
from tests.browser.person import ATTACKS, SPEC, Person, query, regional, regions


def test_a_regional_manager_sees_his_regions_only_also_after_another_one(
    people: Callable[[str], Person], known: dict[str, dict[str, int]]
) -> None:
    """The same cached chart, asked for by two managers, an administrator's rows apart."""
    for key in ("by_store", "hits", "states"):
        its = regional(known, key)
        form = {"dashboardId": its["dashboard"], "slice_id": its["chart"]}
        body = query(its["dataset"], ["region"], **form)
        for name, own in (("li", {"华南"}), ("zhao", {"华东"}), ("li", {"华南"})):
            assert regions(people(name).post("/api/v1/chart/data", body)) == own, key


def test_a_regional_manager_gets_at_nothing_else(
    people: Callable[[str], Person], known: dict[str, dict[str, int]]
) -> None:
    li, its = people("li"), regional(known)
    board = known["dataset"][ids.dataset_id(SPEC.datasets["board"], "zh")]
    tried = {
        "company dataset": query(board, ["skc_id"]),
        "company dataset under his dashboard's number": query(
            board, ["skc_id"], dashboardId=its["dashboard"], slice_id=its["chart"]
        ),
        "his dataset without its dashboard": query(its["dataset"], ["region"]),
    }
    for what, body in tried.items():
        assert li.post("/api/v1/chart/data", body).status in (403, 404), what
    for key in ("hit_tracking", "operations", "skc_detail"):
        assert li.get(f"/api/v1/dashboard/{SPEC.dashboards[key].slug('zh')}").status in (403, 404)
    assert li.sql("select * from hits.board").status in (403, 404)
    shown = {one["slug"] for one in li.get("/api/v1/dashboard/").json()["result"]}
    assert shown == {"regional-zh", "regional-en"}


def test_a_filter_or_an_expression_does_not_widen_the_rows(
    people: Callable[[str], Person], known: dict[str, dict[str, int]]
) -> None:
    li, its = people("li"), regional(known)
    form = {"dashboardId": its["dashboard"], "slice_id": its["chart"]}
    widened = query(its["dataset"], ["region"], **form)
    widened["queries"][0]["extras"] = {"where": "1 = 1) or (1 = 1"}
    answer = li.post("/api/v1/chart/data", widened)
    assert answer.status >= 400 or regions(answer) == {"华南"}
    chosen = query(its["dataset"], ["region"], **form)
    chosen["queries"][0]["filters"] = [{"col": "region", "op": "IN", "val": ["华东", "华北"]}]
    assert regions(li.post("/api/v1/chart/data", chosen)) == set()
    hidden = query(its["dataset"], [], **form)
    hidden["queries"][0]["columns"] = [
        {"label": "region", "sqlExpression": "(select max(region) from core.dim_store)",
         "expressionType": "SQL"}
    ]  # fmt: skip
    answer = li.post("/api/v1/chart/data", hidden)
    assert answer.status >= 400 or answer.json()["result"][0].get("error")


def test_a_viewer_sees_boards_but_not_operations_nor_sql(people: Callable[[str], Person]) -> None:
    wang = people("wang")
    assert wang.get("/api/v1/dashboard/hit-tracking-zh").status == 200
    assert wang.get("/api/v1/dashboard/operations-zh").status in (403, 404)
    assert wang.sql("select 1").status in (403, 404)
    assert wang.post("/api/v1/dashboard/", {"dashboard_title": "mine"}).status in (403, 404)
    assert wang.get("/api/v1/security/users/").status in (403, 404)


def test_a_viewer_s_board_is_drawn_in_his_language(
    site: Site, people: Callable[[str], Person]
) -> None:
    wang = people("wang")
    board = SPEC.dashboards["hit_tracking"]
    answers = browser.open_dashboard(wang.page, site.address, board.slug("zh"), "zh")
    assert browser.errors(wang.page) == []
    assert {one["status"] for one in answers} == {200}
    browser.picture(wang.page, site.pictures / "hit_tracking_viewer_zh.png")


def test_an_operator_sees_operations(people: Callable[[str], Person]) -> None:
    assert people("sun").get("/api/v1/dashboard/operations-zh").status == 200


def test_an_analyst_reads_but_does_nothing_else(people: Callable[[str], Person]) -> None:
    chen = people("chen")
    for statement in ("select count(*) as n from hits.board", "select count(*) as n from ops.runs"):
        answer = chen.sql(statement)
        assert answer.status == 200, answer.text()
        assert answer.json()["data"][0]["n"] > 0
    for statement in ATTACKS:
        answer = chen.sql(statement)
        assert answer.status >= 400, (statement, answer.text()[:300])
    assert not Path("/tmp/baokuan_attack.csv").exists()
    assert chen.sql("select count(*) as n from hits.board").status == 200


def test_the_saved_examples_run(people: Callable[[str], Person]) -> None:
    chen = people("chen")
    saved = chen.get("/api/v1/saved_query/?q=(page_size:100)").json()["result"]
    assert {one["label"] for one in saved} >= {" / ".join(q.title) for q in SPEC.queries.values()}
    for key, one in SPEC.queries.items():
        answer = chen.sql(one.sql)
        assert answer.status == 200, (key, answer.text()[:300])


def test_only_the_published_database_is_there(site: Site, page: Page) -> None:
    listed = page.request.get(f"{site.address}/api/v1/database/").json()["result"]
    assert [one["database_name"] for one in listed] == [bundle.DATABASE]
