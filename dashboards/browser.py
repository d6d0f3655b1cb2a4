"""Looks at dashboards as a person does: logs in with a headless browser, waits for every chart.

For the README's picture and the browser tests. Needs ``apt-get install chromium fonts-noto-cjk``.
"""

from __future__ import annotations

import shutil
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright
from playwright.sync_api import Error as PlaywrightError

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
ATTEMPTS = 3
ERRORS = ".ant-alert-error, [data-test='error-alert'], .alert-danger"


class BrowserMissingError(RuntimeError):
    """There is no browser to look with."""


class LoginError(RuntimeError):
    """The login form let nobody in; the message says what each attempt saw."""


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


def window(
    opened: Browser, width: int = 1600, height: int = 3600, like: BrowserContext | None = None
) -> BrowserContext:
    """A window with cookies of its own; tall, because dashboards draw only what is in view.

    Args:
        opened: the browser.
        width: in pixels; a phone has 390.
        height: in pixels.
        like: a window whose login holds in the new one, too.
    """
    return opened.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=like.storage_state() if like else None,
    )


def log_in(context: BrowserContext, address: str, user: str, password: str) -> Page:
    """A page of the window after the login form, filled in as people do.

    Tried again with a fresh page when it takes too long; the warnings say why.

    Raises:
        LoginError: none of the attempts got in; says what each saw.
    """
    seen: list[str] = []
    for attempt in range(1, ATTEMPTS + 1):
        page = context.new_page()
        try:
            _fill_in(page, address, user, password)
        except PlaywrightError as error:
            seen.append(f"attempt {attempt} at {page.url}: {error.message.splitlines()[0]}")
            warnings.warn(f"{user}'s login: {seen[-1]}", stacklevel=2)
            page.close()
        else:
            return page
    raise LoginError(f"{user} can't log in at {address}: {'; '.join(seen)}")


def _fill_in(page: Page, address: str, user: str, password: str) -> None:
    """Waits for the form, then for the answer to it; never for all that a page may still load."""
    wait = _patience()
    page.goto(f"{address}/login/", wait_until="commit", timeout=wait)
    page.fill("#username", user, timeout=wait)
    page.fill("#password", password, timeout=wait)
    page.press("#password", "Enter", timeout=wait)
    page.wait_for_url(lambda url: "/login" not in url, wait_until="commit", timeout=wait)


def _patience() -> float:
    """Milliseconds to wait for one thing on a page."""
    return 1000 * server.patience(60)


class _Questions:
    """The charts' questions that a page sends, and which of them are still open."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open: list[Request] = []
        self.answered: list[Response] = []

    def __enter__(self) -> _Questions:
        self._page.on("request", self._asked)
        self._page.on("response", self._heard)
        self._page.on("requestfinished", self._ended)
        self._page.on("requestfailed", self._ended)
        return self

    def __exit__(self, *reason: object) -> None:
        self._page.remove_listener("request", self._asked)
        self._page.remove_listener("response", self._heard)
        self._page.remove_listener("requestfinished", self._ended)
        self._page.remove_listener("requestfailed", self._ended)

    def _asked(self, request: Request) -> None:
        if "/api/v1/chart/data" in request.url and request.method == "POST":
            self._open.append(request)

    def _heard(self, response: Response) -> None:
        if response.request in self._open:
            self.answered.append(response)

    def _ended(self, request: Request) -> None:
        if request in self._open:
            self._open.remove(request)

    def wait(self) -> None:
        """Until every chart is drawn and no question is open, and stays so for a moment."""
        quiet = 0
        while quiet < 3:
            self._page.wait_for_function(DRAWN, timeout=_patience())
            self._page.wait_for_timeout(250)
            quiet = 0 if self._open else quiet + 1


def open_dashboard(page: Page, address: str, slug: str, language: str) -> list[dict[str, Any]]:
    """Open a dashboard in a language, wait until every chart is drawn; returns the chart answers.

    Each answer: ``request`` (what the browser asked for) and ``result`` (its first query).
    """
    wait = _patience()
    # The language is kept with the login: no need to draw the page that follows.
    page.request.get(f"{address}/lang/{language}", max_redirects=0, timeout=wait)
    with _Questions(page) as questions:
        page.goto(
            f"{address}/superset/dashboard/{slug}/?standalone=0", wait_until="commit", timeout=wait
        )
        page.wait_for_selector(".dashboard-component-chart-holder", timeout=wait)
        questions.wait()
    return [
        {
            "status": response.status,
            "request": response.request.post_data_json,
            "result": response.json().get("result", [{}])[0],
        }
        for response in questions.answered
    ]


def errors(page: Page) -> list[str]:
    """Texts of error banners on the page."""
    return [text.strip() for text in page.locator(ERRORS).all_inner_texts()]


def screenshot(home: Home, key: str, language: str, width: int, out: Path) -> None:
    """Serve the published version, open one dashboard as the administrator, take a picture."""
    board = reader.load().dashboards[key]
    secret = bootstrap.superset_home(home) / "admin_password"
    if not secret.is_file():
        raise SystemExit(f"no Superset in {home.root} yet; run: baokuan dashboards bootstrap")
    password = secret.read_text("utf-8").strip()
    with server.running(home, free_port()) as address, started() as opened:
        page = log_in(window(opened, width), address, "admin", password)
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
