"""One Superset for all browser tests: set up from nothing, on an ephemeral port of the loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from baokuan.home import Home
from dashboards import bootstrap, browser, server
from tests.browser import sample

CHANGED = ("BAOKUAN_HOME", "BAOKUAN_CONFIG", "BAOKUAN_QUERY_SECONDS")


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
    kept = {name: os.environ.get(name) for name in CHANGED}
    os.environ["BAOKUAN_HOME"] = str(root)
    os.environ["BAOKUAN_CONFIG"] = str(root / "config")
    os.environ["BAOKUAN_QUERY_SECONDS"] = "10"
    home = Home(root).make()
    sample.publish(home)
    sample.settings(root / "config")
    bootstrap.bootstrap(home)
    with server.running(home, browser.free_port()) as address:
        yield Site(home, address)
    for name, value in kept.items():
        if value is None:
            os.environ.pop(name)
        else:
            os.environ[name] = value


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.started() as opened:
        yield opened


@pytest.fixture(scope="session")
def page(site: Site, chromium: Browser) -> Iterator[Page]:
    """A wide window in which the administrator has logged in."""
    page = browser.window(chromium).new_page()
    browser.log_in(page, site.address, "admin", site.password())
    yield page


@pytest.fixture(scope="session")
def phone(site: Site, chromium: Browser) -> Iterator[Page]:
    """A window as wide as a phone."""
    page = browser.window(chromium, 390).new_page()
    browser.log_in(page, site.address, "admin", site.password())
    yield page
