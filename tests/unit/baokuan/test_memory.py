"""The memory of a build follows the size of bronze, within what the machine has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from baokuan import memory
from baokuan.home import Home


def _home(tmp_path: Path, size: int) -> Home:
    home = Home(tmp_path).make()
    file = home.bronze / "pos_receipt" / "a.parquet"
    file.parent.mkdir(parents=True)
    file.touch()
    os.truncate(file, size)  # sparse
    return home


@pytest.mark.parametrize(
    ("bronze_gb", "present_gb", "expected"),
    [(0, 16, "2GB"), (0.6, 16, "2GB"), (0.7, 16, "4GB"), (1.3, 22, "4GB"), (1.4, 22, "8GB"),
     (1.4, 8, "4GB"),
     (50, 64, "32GB"), (50, 3, "2GB")],
)  # fmt: skip
def test_the_limit_doubles_with_bronze_up_to_a_share_of_the_machine(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bronze_gb: float,
    present_gb: int,
    expected: str,
) -> None:
    monkeypatch.delenv("BAOKUAN_MEMORY_LIMIT", raising=False)
    monkeypatch.setattr(memory, "_present", lambda: int(present_gb * 1e9))
    assert memory.limit(_home(tmp_path, int(bronze_gb * 1e9))) == expected


def test_what_is_set_by_hand_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAOKUAN_MEMORY_LIMIT", "3GB")
    assert memory.limit(_home(tmp_path, 10**10)) == "3GB"


def test_a_container_has_less_than_its_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = memory._present()
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "_CONTAINER", limit)
    limit.write_text("1000000\n")
    assert memory._present() == 1_000_000
    limit.write_text("max\n")
    assert memory._present() >= machine
