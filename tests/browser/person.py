"""A user who speaks to Superset as his browser does, and requests made by hand."""

from __future__ import annotations

import re
import time
from typing import Any

from playwright.sync_api import APIResponse, BrowserContext

from dashboards import ids
from dashboards.reader import load

SPEC = load()
PATIENCE = 600_000  # milliseconds; a busy machine answers late, not wrongly
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ATTACKS = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_parquet('/tmp/*.parquet')",
    "select * from glob('/*')",
    "copy (select 1) to '/tmp/baokuan_attack.csv'",
    "attach '/tmp/baokuan_attack.duckdb' as mine",
    "detach ops",
    "install httpfs",
    "load httpfs",
    "set threads = 64",
    "set enable_external_access = true",
    "pragma threads = 64",
    "create table hits.mine as select 1",
    "delete from hits.board",
    "update hits.board set score = 0",
    "drop table hits.board",
    "call enable_logging()",
    "export database '/tmp/baokuan_attack'",
    "select 1; drop table hits.board",
]


class Person:
    """A logged-in user, speaking to the API as the browser does."""

    def __init__(self, address: str, context: BrowserContext, name: str, password: str) -> None:
        self.address, self.page, self._request = address, context.new_page(), context.request
        form = self._request.get(f"{address}/login/", timeout=PATIENCE).text()
        token = CSRF.search(form)
        assert token, form[:300]
        fields = {"username": name, "password": password, "csrf_token": token.group(1)}
        done = self._request.post(f"{address}/login/", form=fields, timeout=PATIENCE)
        assert "/login" not in done.url, f"{name} can't log in"
        token = self.get("/api/v1/security/csrf_token/").json()["result"]
        self.headers = {"X-CSRFToken": token, "Referer": address}

    def get(self, path: str) -> APIResponse:
        return self._request.get(self.address + path, timeout=PATIENCE)

    def post(self, path: str, body: Any) -> APIResponse:
        return self._request.post(
            self.address + path, data=body, headers=self.headers, timeout=PATIENCE
        )

    def sql(self, statement: str, limit: int = 100) -> APIResponse:
        """Run a statement in SQL Lab."""
        self.last_query = f"{time.time_ns() % 10**10:010d}a"
        return self.post(
            "/api/v1/sqllab/execute/",
            {"database_id": 1, "sql": statement, "runAsync": False, "queryLimit": limit,
             "schema": "hits", "client_id": self.last_query},
        )  # fmt: skip

    def export(self) -> APIResponse:
        """The result of the last statement as a file."""
        return self.get(f"/api/v1/sqllab/export/{self.last_query}/")


def query(dataset: int, columns: list[str], **form: Any) -> dict[str, Any]:
    """A chart request made by hand."""
    return {
        "datasource": {"id": dataset, "type": "table"},
        "force": bool(form.pop("force", False)),
        "queries": [{"columns": columns, "metrics": [], "row_limit": 1000, "orderby": []}],
        "form_data": form,
        "result_format": "json",
        "result_type": "full",
    }


def regional(known: dict[str, dict[str, int]], key: str = "by_store") -> dict[str, int]:
    board = SPEC.dashboards["regional"]
    return {
        "dataset": known["dataset"][ids.dataset_id(board.charts[key].dataset, "zh")],
        "dashboard": known["dashboard"][ids.dashboard_id(board, "zh")],
        "chart": known["chart"][ids.chart_id(board, board.charts[key], "zh")],
    }


def regions(answer: APIResponse) -> set[str]:
    assert answer.status == 200, answer.text()
    return {row["region"] for row in answer.json()["result"][0]["data"]}
