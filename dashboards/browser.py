"""Looks at dashboards as a person does: logs in with a headless browser, waits for every chart.

For the README's picture and the browser tests. Needs ``apt-get install chromium fonts-noto-cjk``.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from baokuan.home import Home
from dashboards import bootstrap, reader, server

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRAWN = """() => {
    const holders = [...document.querySelectorAll('.dashboard-component-chart-holder')];
    const loading = document.querySelector('[data-test="loading-indicator"], .loading');
    const drawn = holders.every(h => h.querySelector(
        'canvas, table tbody tr, .header-line, .ant-alert-error, .ant-empty'));
    return holders.length > 0 && !loading && drawn;
}"""
ERRORS = ".ant-alert-error, [data-test='error-alert'], .alert-danger"


class BrowserMissingError(RuntimeError):
    """There is no browser to look with."""


def executable() -> str:
    """The installed browser.

    Raises:
        BrowserMissingError: none is installed.
    """
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise BrowserMissingError("no browser; run `apt-get install chromium fonts-noto-cjk`")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started() -> Iterator[Browser]:
    """A headless browser with a fresh profile."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


def window(opened: Browser, width: int = 1600, height: int = 3600) -> BrowserContext:
    """A window with cookies of its own; tall, because dashboards draw only what is in view."""
    return opened.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )


def log_in(page: Page, address: str, user: str, password: str) -> None:
    """Through the login form, as people do."""
    page.goto(f"{address}/login/")
    page.fill("#username", user)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/login" not in url, timeout=90_000)


def open_dashboard(page: Page, address: str, slug: str, language: str) -> list[dict[str, Any]]:
    """Open a dashboard in a language, wait until every chart is drawn; returns the chart answers.

    Each answer: ``request`` (what the browser asked for) and ``result`` (its first query).
    """
    answers: list[dict[str, Any]] = []

    def keep(response: Any) -> None:
        if "/api/v1/chart/data" in response.url and response.request.method == "POST":
            answers.append({"status": response.status, "response": response})

    page.on("response", keep)
    page.goto(f"{address}/lang/{language}", timeout=150_000)
    page.goto(f"{address}/superset/dashboard/{slug}/?standalone=0", timeout=150_000)
    page.wait_for_selector(".dashboard-component-chart-holder", timeout=150_000)
    page.wait_for_function(DRAWN, timeout=150_000)
    page.wait_for_timeout(1500)
    page.remove_listener("response", keep)
    return [
        {
            "status": one["status"],
            "request": one["response"].request.post_data_json,
            "result": one["response"].json().get("result", [{}])[0],
        }
        for one in answers
    ]


def errors(page: Page) -> list[str]:
    """Texts of error banners on the page."""
    return [text.strip() for text in page.locator(ERRORS).all_inner_texts()]


def screenshot(home: Home, key: str, language: str, width: int, out: Path) -> None:
    """Serve the published version, open one dashboard as the administrator, take a picture."""
    board = reader.load().dashboards[key]
    password = (bootstrap.superset_home(home) / "admin_password").read_text("utf-8").strip()
    with server.running(home, free_port()) as address, started() as opened:
        page = window(opened, width).new_page()
        log_in(page, address, "admin", password)
        open_dashboard(page, address, board.slug(language), language)
        picture(page, out)


def picture(page: Page, out: Path) -> None:
    """The whole dashboard, from top to its last row."""
    out.parent.mkdir(parents=True, exist_ok=True)
    bottom = page.evaluate(
        "() => Math.max(...[...document.querySelectorAll('.dashboard-component-chart-holder')]"
        ".map(h => h.getBoundingClientRect().bottom))"
    )
    size = page.viewport_size or {"width": 1600, "height": 3000}
    height = min(int(bottom) + 24, size["height"])
    page.screenshot(path=str(out), clip={"x": 0, "y": 0, "width": size["width"], "height": height})


def own_texts(page: Page) -> list[str]:
    """The texts that are ours: titles, heads of columns, names of filters."""
    found: list[str] = []
    for selector in (
        ".dashboard-component-chart-holder [data-test='slice-header'] .header-title",
        ".dashboard-component-chart-holder table thead th",
        "[data-test='filter-control-name']",
        "[data-test='editable-title-input']",
    ):
        found += [text.strip() for text in page.locator(selector).all_inner_texts()]
    return [text for text in found if text]
