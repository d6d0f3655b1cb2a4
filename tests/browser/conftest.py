"""One Superset for all browser tests: set up from nothing, on an ephemeral port of the loopback."""

from __future__ import annotations

import csv
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from baokuan.home import Home
from dashboards import bootstrap, browser, server
from tests.browser import sample
from tests.browser.person import Person


@dataclass(frozen=True)
class Site:
    """A running Superset."""

    home: Home
    address: str

    def password(self) -> str:
        return (bootstrap.superset_home(self.home) / "admin_password").read_text("utf-8").strip()

    @property
    def pictures(self) -> Path:
        folder = self.home.reports / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    browser.executable()
    root = tmp_path_factory.mktemp("home")
    home = Home(root).make()
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("BAOKUAN_HOME", str(root))
        changed.setenv("BAOKUAN_CONFIG", str(root / "config"))
        changed.setenv("BAOKUAN_QUERY_SECONDS", "10")
        sample.publish(home)
        sample.settings(root / "config")
        bootstrap.bootstrap(home)
        with server.running(home, browser.free_port()) as address:
            yield Site(home, address)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.started() as opened:
        yield opened


@pytest.fixture(scope="session")
def page(site: Site, chromium: Browser) -> Page:
    """A wide window in which the administrator has logged in."""
    return browser.log_in(browser.window(chromium), site.address, "admin", site.password())


@pytest.fixture(scope="session")
def phone(chromium: Browser, page: Page) -> Page:
    """A window as wide as a phone, of the same administrator."""
    return browser.window(chromium, 390, like=page.context).new_page()


@pytest.fixture(scope="session")
def people(site: Site, chromium: Browser) -> Callable[[str], Person]:
    """Logs people in by name, each in a window of his own."""
    path = bootstrap.superset_home(site.home) / "user_passwords.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8", newline="") as file:
        passwords = dict(csv.reader(file))

    @cache
    def log_in(name: str) -> Person:
        return Person(site.address, browser.window(chromium), name, passwords[name])

    return log_in


@pytest.fixture(scope="session")
def known(site: Site, chromium: Browser) -> dict[str, dict[str, int]]:
    """Numbers that Superset gave to datasets, dashboards and charts, by our ids."""
    admin = Person(site.address, browser.window(chromium), "admin", site.password())
    found: dict[str, dict[str, int]] = {}
    for kind in ("dataset", "dashboard", "chart"):
        found[kind], number = {}, 0
        listed: list[dict[str, Any]] = [{}]
        while listed:
            asked = admin.get(f"/api/v1/{kind}/?q=(page_size:100,page:{number})")
            listed = asked.json()["result"]
            found[kind] |= {one["uuid"]: one["id"] for one in listed}
            number += 1
    return found
