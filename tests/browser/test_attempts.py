"""What each role tried and what came back, as a table that docs/roles.md shows word for word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse

from baokuan.home import PROJECT
from dashboards import bootstrap, ids
from tests.browser.conftest import Site
from tests.browser.person import ATTACKS, SPEC, Person, query, regional

DOCUMENT = PROJECT / "docs" / "roles.md"
MARKS = ("<!-- attempts -->", "<!-- end of attempts -->")
MANY = "select * from range(1000000)"
LONG = "select count(*) from range(1000000) a, range(1000000) b where a.range < b.range"
STOPPED = re.compile(r"stopped after \d+ seconds")
Attempt = tuple[str, str, str]


def came_back(answer: APIResponse) -> str:
    """An answer in a few words: the regions or the number of rows, or that it was refused."""
    if answer.status >= 400:
        stopped = STOPPED.search(answer.text())
        return stopped.group() if stopped else "refused"
    if "text/csv" in answer.headers.get("content-type", ""):
        lines = answer.text().strip().split("\n")[1:]
        found = {line.split(",")[0].strip('"') for line in lines}
        return f"{', '.join(sorted(found))} only" if len(found) == 1 else f"{len(lines):,} rows"
    body = answer.json()
    if "data" in body:  # SQL Lab
        return f"{len(body['data']):,} rows"
    result = body["result"]
    if isinstance(result, list) and result and "data" in result[0]:
        if result[0].get("error"):
            return "refused"
        rows = result[0]["data"]
        found = {row["region"] for row in rows if "region" in row}
        return f"{', '.join(sorted(found))} only" if len(found) == 1 else f"{len(rows)} rows"
    return "shown"


def board(key: str, language: str = "zh") -> str:
    return f"/api/v1/dashboard/{SPEC.dashboards[key].slug(language)}"


def managers(people: Callable[[str], Person], known: dict[str, Any]) -> Iterator[Attempt]:
    """A regional manager of 华南, and another one of 华东 who asks first."""
    li, zhao, its = people("li"), people("zhao"), regional(known)
    company = known["dataset"][ids.dataset_id(SPEC.datasets["board"], "zh")]
    form = {"dashboardId": its["dashboard"], "slice_id": its["chart"]}
    chart = query(its["dataset"], ["region"], **form)
    zhao.post("/api/v1/chart/data", chart)

    def ask(what: str, body: dict[str, Any]) -> Attempt:
        return "regional", what, came_back(li.post("/api/v1/chart/data", body))

    yield ask("a chart of his dashboard", chart)
    yield ask("the same chart, cached a moment ago by the manager of 华东", chart)
    foreign = query(its["dataset"], ["region"], **form)
    foreign["queries"][0]["filters"] = [{"col": "region", "op": "IN", "val": ["华东", "华北"]}]
    yield ask("that chart with a filter on 华东 and 华北", foreign)
    broken = query(its["dataset"], ["region"], **form)
    broken["queries"][0]["extras"] = {"where": "1 = 1) or (1 = 1"}
    yield ask("that chart with `1 = 1) or (1 = 1` as a condition", broken)
    hidden = query(its["dataset"], [], **form)
    hidden["queries"][0]["columns"] = [
        {"label": "region", "sqlExpression": "(select max(region) from core.dim_store)",
         "expressionType": "SQL"}
    ]  # fmt: skip
    yield ask("a subquery on another table as a column", hidden)
    yield ask("his dataset apart from a dashboard", query(its["dataset"], ["region"]))
    yield ask("the company's board as a dataset", query(company, ["skc_id"]))
    yield ask(
        "the company's board under his own dashboard's number", query(company, ["skc_id"], **form)
    )
    yield ask("export of his chart's table as CSV", chart | {"result_format": "csv"})
    values = f"/api/v1/datasource/table/{its['dataset']}/column/region/values/"
    yield "regional", "the list of all regions in his dataset", came_back(li.get(values))
    samples = f"/datasource/samples?datasource_type=table&datasource_id={its['dataset']}"
    sampled = li.post(f"{samples}&force=false&per_page=50&page=1", {})
    yield "regional", "sample rows of his dataset", came_back(sampled)
    saved = li.get(f"/api/v1/chart/{its['chart']}/data/")
    yield "regional", "a saved chart by its number alone", came_back(saved)
    yield "regional", "the hit board, a company dashboard", came_back(li.get(board("hit_tracking")))
    yield (
        "regional",
        "SQL Lab: `select * from hits.board`",
        came_back(li.sql("select * from hits.board")),
    )


def others(people: Callable[[str], Person], known: dict[str, Any]) -> Iterator[Attempt]:
    """Viewer and operator: dashboards, but neither SQL nor changes."""
    wang, sun = people("wang"), people("sun")
    company = known["dataset"][ids.dataset_id(SPEC.datasets["board"], "zh")]
    tracking = SPEC.dashboards["hit_tracking"]
    form = {
        "dashboardId": known["dashboard"][ids.dashboard_id(tracking, "zh")],
        "slice_id": known["chart"][ids.chart_id(tracking, tracking.charts["board"], "zh")],
    }
    whole = query(company, ["skc_id"], **form) | {"result_format": "csv"}
    yield "viewer", "the hit board", came_back(wang.get(board("hit_tracking")))
    yield (
        "viewer",
        "export of the board's table as CSV",
        came_back(wang.post("/api/v1/chart/data", whole)),
    )
    yield "viewer", "the operations dashboard", came_back(wang.get(board("operations")))
    yield "viewer", "SQL Lab: `select 1`", came_back(wang.sql("select 1"))
    yield (
        "viewer",
        "a dashboard of his own",
        came_back(wang.post("/api/v1/dashboard/", {"dashboard_title": "mine"})),
    )
    yield "viewer", "the list of users", came_back(wang.get("/api/v1/security/users/"))
    yield "operator", "the operations dashboard", came_back(sun.get(board("operations")))
    yield "operator", "SQL Lab: `select 1`", came_back(sun.sql("select 1"))


def analysts(people: Callable[[str], Person]) -> Iterator[Attempt]:
    """SQL on the published version and ops; nothing else."""
    chen = people("chen")
    for statement in ("select count(*) from hits.board", "select count(*) from ops.runs"):
        yield "analyst", f"SQL Lab: `{statement}`", came_back(chen.sql(statement))
    yield "analyst", f"SQL Lab: `{MANY}`, limit a million", came_back(chen.sql(MANY, 1_000_000))
    yield "analyst", "export of that result as CSV", came_back(chen.export())
    yield "analyst", f"SQL Lab: `{LONG}`", came_back(chen.sql(LONG))
    for statement in ATTACKS:
        yield "analyst", f"SQL Lab: `{statement}`", came_back(chen.sql(statement))


def leavers(site: Site, people: Callable[[str], Person]) -> Iterator[Attempt]:
    """An operator is taken out of the roster while logged in; nobody else uses his name."""
    wu = people("wu")
    roster = site.home.root / "config" / "users.csv"
    before = roster.read_text("utf-8")
    roster.write_text(before.replace("wu,吴运维,operator\n", ""), "utf-8")
    try:
        bootstrap.bootstrap(site.home)
        yield "leaver", "the operations dashboard", came_back(wu.get(board("operations")))
        yield "leaver", "his own name", came_back(wu.get("/api/v1/me/"))
    finally:
        roster.write_text(before, "utf-8")


def table(attempts: list[Attempt]) -> str:
    lines = ["| Role | Tried | Came back |", "|---|---|---|"]
    lines += [f"| {' | '.join(one)} |" for one in attempts]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def attempts(
    site: Site, people: Callable[[str], Person], known: dict[str, dict[str, int]]
) -> list[Attempt]:
    seen = [*managers(people, known), *others(people, known), *analysts(people)]
    return [*seen, *leavers(site, people)]


def test_what_came_back_is_what_the_document_says(site: Site, attempts: list[Attempt]) -> None:
    made = table(attempts)
    kept = Path(site.pictures.parent / "attempts.md")
    kept.write_text(made + "\n", "utf-8")
    _, _, rest = DOCUMENT.read_text("utf-8").partition(MARKS[0])
    shown = rest.partition(MARKS[1])[0].strip()
    assert shown == made, (
        f"docs/roles.md shows another table than {kept}; copy it between the marks"
    )


def test_nobody_saw_another_region_or_changed_anything(attempts: list[Attempt]) -> None:
    managers_saw = {found for role, _, found in attempts if role == "regional"}
    assert managers_saw <= {"refused", "华南 only", "0 rows"}
    attacks = {f"SQL Lab: `{statement}`" for statement in ATTACKS}
    assert {found for _, what, found in attempts if what in attacks} == {"refused"}
    assert {found for role, _, found in attempts if role == "leaver"} == {"refused"}
    assert not Path("/tmp/baokuan_attack.csv").exists()
