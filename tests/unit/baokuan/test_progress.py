"""One line a step; where a step is shows live, or to those who ask for every detail."""

from __future__ import annotations

import io
import re

import pytest

from baokuan.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def of(out: io.StringIO) -> list[str]:
    return [re.sub(r"\d+\.\d s", "N s", line) for line in out.getvalue().splitlines()]


def steps(progress: Progress) -> None:
    with progress:
        progress.start("dbt")
        for n in range(3):
            progress.at(f"{n} of 3 models", now="int_hits__daily")
        progress.detail("model a: success")
        progress.say("a warning")
        progress.done()
        progress.start("publish")


def test_elsewhere_a_step_is_its_beginning_and_its_end() -> None:
    out = io.StringIO()
    steps(Progress(out))
    assert of(out) == [
        "  dbt …",
        "a warning",
        "  dbt: done in N s",
        "  publish …",
        "  publish: stopped in N s",
    ]


def test_every_detail_on_demand() -> None:
    out = io.StringIO()
    steps(Progress(out, verbose=True))
    assert "    model a: success" in of(out)


def test_quiet_says_what_somebody_must_read() -> None:
    out = io.StringIO()
    steps(Progress(out, quiet=True))
    assert of(out) == ["a warning"]


def test_in_a_terminal_a_live_line_makes_room_for_one_line_a_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    steps(Progress(out))
    said = out.getvalue()
    shown = [line for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said).splitlines() if line]
    assert "  dbt: done in" in said
    assert "a warning" in shown
    assert any("dbt: 2 of 3 models, 0 s, now int_hits__daily" in line for line in shown)
