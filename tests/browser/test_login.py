"""A login where pages never end loading and requests come to nothing: answered, or tried again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from dashboards import browser

FORM = (
    b"<form method=post><input id=username name=u><input id=password name=p type=password>"
    b"<button>Log in</button></form>"
)
WELCOME = b"<p>Welcome</p><img src=/endless>"


@contextmanager
def moody(failures: int) -> Iterator[str]:
    """A site whose form comes to nothing some times, and whose first page never ends loading."""
    asked: list[str] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/endless":
                over.wait()
            elif self.path == "/login/":
                asked.append(self.path)
                if len(asked) > failures:
                    self._answer(FORM)
            else:
                self._answer(WELCOME)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(302)
            self.send_header("Location", "/welcome/")
            self.end_headers()

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        over.set()
        server.shutdown()


def test_a_login_waits_for_its_answer_and_not_for_the_page(chromium: Browser) -> None:
    with moody(failures=0) as address:
        page = browser.log_in(browser.window(chromium), address, "wang", "secret")
        assert page.url == f"{address}/welcome/"


def test_a_login_that_came_to_nothing_is_tried_again_and_told(chromium: Browser) -> None:
    """The browser itself asks a second time; then it is our turn."""
    with moody(failures=2) as address, pytest.warns(UserWarning, match="wang's login: attempt 1"):
        page = browser.log_in(browser.window(chromium), address, "wang", "secret")
        assert page.url == f"{address}/welcome/"


def test_after_three_attempts_it_says_what_each_saw(chromium: Browser) -> None:
    with (
        moody(failures=9) as address,
        pytest.warns(UserWarning),
        pytest.raises(browser.LoginError, match=r"wang can't log in .*attempt 1.*; attempt 3 at"),
    ):
        browser.log_in(browser.window(chromium), address, "wang", "secret")
