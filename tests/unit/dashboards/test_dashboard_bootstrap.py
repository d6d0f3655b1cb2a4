"""What the bootstrap prepares before Superset is started."""

from __future__ import annotations

import stat
from pathlib import Path

from baokuan.home import Home
from dashboards import bootstrap, server


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = bootstrap.make_secret_key(tmp_path).read_text("utf-8")
    again = bootstrap.make_secret_key(tmp_path)
    assert again.read_text("utf-8") == first
    assert len(first.strip()) >= 48
    assert stat.S_IMODE(again.stat().st_mode) == 0o600


def test_the_handover_names_roles_of_every_dashboard() -> None:
    told = bootstrap.handover()
    access = told["access"]
    assert isinstance(access, dict)
    assert all(access["dashboards"].values())


def test_superset_gets_its_home_and_no_second_configuration(tmp_path: Path) -> None:
    environment = bootstrap.environment(Home(tmp_path))
    assert environment["SUPERSET_HOME"] == str(tmp_path / "state" / "superset")
    assert Path(environment["SUPERSET_CONFIG_PATH"]).is_file()


def test_the_server_shares_memory_and_listens_where_told() -> None:
    command = server.command("127.0.0.1", 8099, 2, 6)
    assert "--preload" in command
    assert "--bind=127.0.0.1:8099" in command
