"""Exit codes and what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.verdict import judge


@dataclass
class File:
    source: str
    status: str
    feed: str | None = None
    reason: str = ""
    remedy: str = ""


def test_everything_loaded_is_exit_code_0() -> None:
    verdict = judge("success", None, "v1", [File("a", "loaded"), File("a2", "duplicate")], {})
    assert (verdict.exit_code, verdict.headline, verdict.items) == (0, "published v1", [])


def test_open_files_are_exit_code_1_and_say_the_remedy() -> None:
    files = [
        File("x.txt", "unknown", reason="no contract matches", remedy="rename it"),
        File("b.csv", "blocked", "pos_receipt", "header lacks 小票号", "export anew"),
        File("c.csv", "empty", "pos_return", "no header"),
        File("d.csv", "empty", "pos_receipt"),
    ]
    verdict = judge("success", None, "v1", files, {})
    assert verdict.exit_code == 1
    assert [item.what for item in verdict.items] == ["b.csv", "x.txt", "c.csv"]
    assert verdict.items[0].line() == "blocked  b.csv: header lacks 小票号 → export anew"


def test_a_held_feed_is_told_once_not_for_each_of_its_files() -> None:
    files = [File("a.csv", "held", "pos_receipt_line"), File("b.csv", "held", "erp_cost")]
    verdict = judge("success", None, "v1", files, {"pos_receipt_line": "half the usual rows"})
    assert verdict.exit_code == 1
    assert [item.what for item in verdict.items] == ["pos_receipt_line", "b.csv"]


def test_a_failed_or_refused_run_is_exit_code_2_even_with_open_files() -> None:
    for status in ("failed", "refused"):
        verdict = judge(status, "model board: division by zero", None, [File("x", "unknown")], {})
        assert verdict.exit_code == 2
        assert verdict.headline.startswith(f"{status}: model board: division by zero")
        assert "still serves" in verdict.headline and len(verdict.items) == 1
