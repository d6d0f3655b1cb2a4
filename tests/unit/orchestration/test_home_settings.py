"""The settings a home brings along."""

from __future__ import annotations

import subprocess
from pathlib import Path

from baokuan.home import PROJECT, Home
from orchestration import home_settings


def test_settings_are_read_back_and_the_environment_wins(tmp_path: Path, monkeypatch) -> None:
    home = Home(tmp_path / "h")
    assert home_settings.read(home) == {} and home_settings.title(home) is None
    given = {"BAOKUAN_NOW": "2026-11-01T06:00:00+08:00", "BAOKUAN_CONFIG": "/a b/c"}
    home_settings.write(home, "The demo.", given)
    assert home_settings.read(home) == given and home_settings.title(home) == "The demo."
    monkeypatch.setenv("BAOKUAN_NOW", "2026-01-01")
    monkeypatch.setenv("BAOKUAN_CONFIG", "")
    told: list[str] = []
    home_settings.apply(home, told.append)
    import os

    assert os.environ["BAOKUAN_NOW"] == "2026-01-01" and os.environ["BAOKUAN_CONFIG"] == "/a b/c"
    assert len(told) == 1


def test_make_reads_the_same_file(tmp_path: Path, monkeypatch) -> None:
    for name in ("BAOKUAN_NOW", "BAOKUAN_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    home = Home(tmp_path)
    home_settings.write(home, "The demo.", {"BAOKUAN_NOW": "2026-11-01T06:00:00+08:00"})
    rule = "show:\n\t@echo now=$$BAOKUAN_NOW config=$$BAOKUAN_CONFIG\n"
    (tmp_path / "extra.mk").write_text(rule)
    said = subprocess.run(
        ["make", "-s", "-f", "Makefile", "-f", str(tmp_path / "extra.mk"), "show"],
        cwd=PROJECT, env={"PATH": "/usr/bin:/bin", "BAOKUAN_HOME": str(tmp_path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.strip() == "now=2026-11-01T06:00:00+08:00 config="
