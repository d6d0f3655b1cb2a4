"""The front door: every command is there, is called in its room, and costs nothing before that."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from baokuan.home import PROJECT
from command.front import ENTRIES, main


def load_bootstrap():
    spec = importlib.util.spec_from_file_location("bootstrap", PROJECT / "scripts" / "bootstrap.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_help_lists_every_command_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for entry in ENTRIES:
        assert entry.name in shown
        assert entry.help.split()[0] in shown


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.room], ids=lambda e: e.name)
def test_a_command_is_explained_by_its_room(
    entry, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOKUAN_HOME", str(tmp_path))
    assert main([entry.name, "--help"]) == 0
    assert f"Usage: baokuan {entry.name}" in capsys.readouterr().out


def test_exit_codes_and_words_are_the_rooms(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAOKUAN_HOME", str(tmp_path))
    assert main(["board"]) == 1
    assert "make demo" in capsys.readouterr().err
    assert main(["ingest", "check", "no-such-file"]) == 2
    assert main(["nonsense"]) == 2
    assert main(["check", "--fast"]) == 2


def test_settings_that_the_home_brings_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home.mk").write_text("# Demo\nBAOKUAN_NOW ?= 2026-11-01T06:00:00+08:00\n")
    monkeypatch.setenv("BAOKUAN_HOME", str(tmp_path))
    monkeypatch.setenv("BAOKUAN_NOW", "")
    main(["versions"])
    assert os.environ["BAOKUAN_NOW"] == "2026-11-01T06:00:00+08:00"


def test_help_loads_no_room_and_no_large_library() -> None:
    code = (
        "import sys; from command.front import main; main(['--help']); "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.split())
    assert loaded & {"baokuan", "command"} == {"baokuan", "command"}
    rooms = {"ingest", "serving", "quality", "orchestration", "dashboards", "catalogue"}
    assert not loaded & (rooms | {"duckdb", "pandas", "dagster", "dbt", "pydantic"})


def test_the_installed_command_runs_from_anywhere_and_through_links(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / "command").symlink_to(PROJECT / "command")
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for part in ("pyvenv.cfg", "lib"):
        (project / ".venv" / part).symlink_to(Path(sys.prefix) / part)
    load_bootstrap().install_command(project / ".venv")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "baokuan").symlink_to(Path("../project/.venv/bin/baokuan"))
    environ = {**os.environ, "BAOKUAN_HOME": str(tmp_path / "home")}
    for command in (project / ".venv" / "bin" / "baokuan", tmp_path / "bin" / "baokuan"):
        done = subprocess.run(
            [command, "--version"],
            cwd="/", env=environ, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.count(".") == 2
