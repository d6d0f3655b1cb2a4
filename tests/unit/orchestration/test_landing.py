"""The sensor's decision: what triggers, what waits, what is passed over."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from baokuan.home import Home
from ingest.arrive import landing
from orchestration.landing import (
    QUIET_SECONDS,
    decide,
    listing,
    not_judged,
)

NOW = 10**18
OLD = NOW - int((QUIET_SECONDS + 1) * 1e9)


def test_an_empty_folder_asks_for_nothing() -> None:
    assert decide({}, None, NOW).run_key is None


def test_a_settled_file_asks_once() -> None:
    first = decide({"pos/a.csv": (OLD, 10)}, None, NOW)
    assert first.run_key and first.new == ["pos/a.csv"]
    assert decide({"pos/a.csv": (OLD, 10)}, first.cursor, NOW).run_key is None


def test_a_fresh_file_waits_until_it_is_as_it_was_at_the_last_look() -> None:
    seen = decide({"a.csv": (NOW - 1, 10)}, None, NOW)
    assert (seen.run_key, seen.waiting) == (None, ["a.csv"])
    grown = decide({"a.csv": (NOW + 5, 20)}, seen.cursor, NOW + 10)
    assert (grown.run_key, grown.waiting) == (None, ["a.csv"])
    assert decide({"a.csv": (NOW + 5, 20)}, grown.cursor, NOW + 20).run_key


def test_one_growing_file_keeps_the_finished_ones_waiting() -> None:
    files = {"done.csv": (OLD, 10), "growing.csv": (NOW, 1)}
    assert decide(files, None, NOW).waiting == ["growing.csv"]


def test_a_backdated_copy_and_a_changed_file_count_as_new() -> None:
    cursor = decide({"a.csv": (OLD, 10)}, None, NOW).cursor
    assert decide({"a.csv": (OLD, 10), "b.csv": (5, 10)}, cursor, NOW).new == ["b.csv"]
    assert decide({"a.csv": (OLD, 11)}, cursor, NOW).new == ["a.csv"]


def test_files_moved_to_the_archive_leave_the_cursor_and_may_come_again() -> None:
    cursor = decide({"a.csv": (OLD, 10)}, None, NOW).cursor
    gone = decide({}, cursor, NOW)
    assert gone.run_key is None and "a.csv" not in gone.cursor
    assert decide({"a.csv": (OLD, 10)}, gone.cursor, NOW).run_key


def test_a_cursor_of_another_shape_means_looking_anew() -> None:
    for cursor in ("", "12:abc", "[]", '{"known": 3}', '{"known": {"a": 1}, "growing": {}}'):
        assert decide({"a.csv": (OLD, 10)}, cursor, NOW).run_key


@given(st.dictionaries(st.text(min_size=1), st.tuples(st.integers(0, OLD), st.integers(0))))
def test_settled_files_always_ask_exactly_once(files) -> None:
    first = decide(files, None, NOW)
    assert bool(first.run_key) == bool(files)
    assert decide(files, first.cursor, NOW).run_key is None


def test_files_with_a_verdict_are_not_looked_at_again_unless_they_change() -> None:
    files = {"bad.csv": (1, 10), "mended.csv": (2, 30), "new.csv": (3, 5)}
    assert not_judged(files, [("bad.csv", 10), ("mended.csv", 20)]) == ["mended.csv", "new.csv"]


def test_the_sensor_sees_the_files_that_the_intake_reads(tmp_path: Path) -> None:
    home = Home(tmp_path).make()
    names = ["b.csv.tmp", "c.PART", "d.crdownload", "e.filepart", "f.writing", "g~", "~$h.xlsx"]
    for name in ("pos/a.csv", ".hidden/d.csv", "pos/.e.csv", *(f"pos/{name}" for name in names)):
        path = home.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (home.landing / "pos/link.csv").symlink_to(home.landing / "pos/a.csv")
    os.utime(home.landing / "pos/a.csv", ns=(7, 7))
    assert listing(home.landing) == {"pos/a.csv": (7, 1)}
    assert [landed.relative for landed in landing.files(home)] == ["pos/a.csv"]
