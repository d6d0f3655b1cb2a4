"""Chart requests as browsers send them, by 1 and 10 users, from the cache and past it.

A headless browser opens every dashboard once and its requests are kept; then users, each with a
session of his own, send them one after the other without a pause. No floor to compare with: the
times are the result. Needs a home with a published version; sets Superset up there.
"""

from __future__ import annotations

import http.cookiejar
import json
import re
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baokuan.home import Home
from dashboards import bootstrap, browser, reader, server
from serving import versions
from serving.versions import NothingPublished

USERS = (1, 10)
REQUESTS = 240
LANGUAGE = "zh"
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Load:
    """What a run of requests came to, in seconds."""

    times: list[float]
    seconds: float

    def line(self, title: str) -> str:
        ordered = sorted(self.times)
        return (
            f"  {title:22} p50 {1000 * quantile(ordered, 0.5):5.0f} ms   "
            f"p95 {1000 * quantile(ordered, 0.95):5.0f} ms   "
            f"{len(ordered) / self.seconds:5.1f} requests/s"
        )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of sorted values."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main(size: float) -> int:
    """Print p50 and p95; ``size`` scales the number of requests."""
    home = Home.from_env()
    if versions.current(home) is None:
        print(f"  {NothingPublished(home)}")
        return 1
    try:
        browser.executable()
    except browser.BrowserMissingError as error:
        print(f"  {error}")
        return 1
    bootstrap.bootstrap(home)
    password = (bootstrap.superset_home(home) / "admin_password").read_text("utf-8").strip()
    with server.running(home, browser.free_port(), workers=2, threads=6) as address:
        bodies, opened = recorded(address, password)
        print(f"  {len(bodies)} chart requests of {len(opened)} dashboards")
        for title, seconds in opened.items():
            print(f"  {title}: drawn after {seconds:.1f} s")
        count = max(len(bodies), round(REQUESTS * size))
        sessions = [session(address, password) for _ in range(max(USERS))]
        for users in USERS:
            for is_cached in (True, False):
                if is_cached:
                    run(address, sessions[:1], bodies, len(bodies), force=False)
                load = run(address, sessions[:users], bodies, count, force=not is_cached)
                where = "from the cache" if is_cached else "past the cache"
                print(load.line(f"{users:2} users, {where}"), flush=True)
    return 0


def recorded(address: str, password: str) -> tuple[list[dict[str, Any]], dict[str, float]]:
    """The chart requests of every dashboard as the browser sends them; seconds until drawn."""
    bodies: list[dict[str, Any]] = []
    opened: dict[str, float] = {}
    with browser.started() as chromium:
        page = browser.log_in(browser.window(chromium), address, "admin", password)
        for board in reader.load().dashboards.values():
            began = time.monotonic()
            answers = browser.open_dashboard(page, address, board.slug(LANGUAGE), LANGUAGE)
            opened[board.title.zh] = time.monotonic() - began
            bodies += [one["request"] for one in answers if one["status"] == 200]
    return bodies, opened


def session(address: str, password: str) -> urllib.request.OpenerDirector:
    """A logged-in user."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with opener.open(f"{address}/login/", timeout=60) as page:
        found = CSRF.search(page.read().decode())
    token = found.group(1) if found else ""
    form = {"username": "admin", "password": password, "csrf_token": token}
    with opener.open(
        f"{address}/login/", urllib.parse.urlencode(form).encode(), timeout=60
    ) as page:
        if "/login" in page.url:
            raise RuntimeError(f"{address} doesn't let the administrator in")
    return opener


def run(
    address: str,
    sessions: Sequence[urllib.request.OpenerDirector],
    bodies: Sequence[dict[str, Any]],
    count: int,
    *,
    force: bool,
) -> Load:
    """Send ``count`` requests, shared among the sessions.

    Raises:
        RuntimeError: a request failed; the times of the others mean nothing then.
    """
    times: list[float] = []
    failures: list[str] = []
    left = iter(range(count))
    lock = threading.Lock()

    def user(opener: urllib.request.OpenerDirector) -> None:
        while not failures:
            with lock:
                number = next(left, None)
            if number is None:
                return
            body = bodies[number % len(bodies)] | {"force": force}
            request = urllib.request.Request(
                f"{address}/api/v1/chart/data",
                json.dumps(body).encode(),
                {"Content-Type": "application/json"},
            )
            began = time.monotonic()
            try:
                with opener.open(request, timeout=120) as answer:
                    answer.read()
            except OSError as error:
                failures.append(repr(error))
                return
            times.append(time.monotonic() - began)

    began = time.monotonic()
    threads = [threading.Thread(target=user, args=(one,)) for one in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError(f"{len(failures)} chart requests failed: {failures[0]}")
    return Load(times, time.monotonic() - began)
