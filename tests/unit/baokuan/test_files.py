"""A reader sees the old or the new; what counts has reached the disk first."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from baokuan.files import append, fsync_tree, is_unfinished, replacing, write_atomic
from tests.unit.conftest import Syncs


@pytest.mark.parametrize(
    "name",
    ["a.csv.tmp", "a.PART", "x/a.crdownload", "a.filepart", "a.partial", "a.csv.writing", "a.csv~",
     "x/~$a.xlsx", ".a.csv", ".x/a.csv"],
)  # fmt: skip
def test_names_of_unfinished_files(name: str) -> None:
    assert is_unfinished(name)


@pytest.mark.parametrize("name", ["a.csv", "tmp.csv", "part/a.csv", "a~b.csv", "x.y/~a.csv"])
def test_names_of_finished_files(name: str) -> None:
    assert not is_unfinished(name)


def test_a_file_is_replaced_once_its_content_is_on_disk(tmp_path: Path, syncs: Syncs) -> None:
    path = tmp_path / "new" / "a.json"
    with replacing(path) as draft:
        draft.write_text("one")
        draft.chmod(0o600)
        assert not path.exists() and syncs.paths == []
    assert path.read_text() == "one" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert syncs.paths == [draft, path.parent]
    with pytest.raises(RuntimeError), replacing(path) as draft:
        draft.write_text("half")
        raise RuntimeError
    assert path.read_text() == "one"
    with replacing(path) as again:
        assert again == draft  # what was left is written over
        again.write_text("two")
    assert path.read_text() == "two" and list(path.parent.iterdir()) == [path]


def test_an_atomic_write_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "CURRENT"
    write_atomic(path, "爆款\n")

    def fail(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_atomic(path, "other\n")
    assert path.read_text(encoding="utf-8") == "爆款\n"
    assert list(tmp_path.iterdir()) == [path]


def test_lines_of_a_log_reach_the_disk(tmp_path: Path, syncs: Syncs) -> None:
    path = tmp_path / "ops" / "log.jsonl"
    append(path, "a")
    append(path, "b")
    assert path.read_text() == "a\nb\n"
    assert syncs.paths == [path, path.parent, path]


def test_a_folder_reaches_the_disk_with_its_name(tmp_path: Path, syncs: Syncs) -> None:
    root = tmp_path / "version"
    (root / "marts").mkdir(parents=True)
    (root / "marts" / "a").touch()
    fsync_tree(root)
    assert syncs.paths == [root / "marts", root / "marts" / "a", root, tmp_path]
