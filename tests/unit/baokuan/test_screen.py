"""Tables align Chinese, keep to one line a row, and never obey what stands in a cell."""

from __future__ import annotations

import io

import pytest

from baokuan import screen


class Terminal(io.StringIO):
    """A window of a given width."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_a_chinese_character_takes_two_columns() -> None:
    made = screen.table(["a", "款名", "n"], [["款", "风衣", 1], ["xyz", "长裤", 22]])
    assert screen.text(made).splitlines() == [
        "a     款名    n",
        "───────────────",
        "款    风衣    1",
        "xyz   长裤   22",
    ]


def test_long_texts_are_cut_by_their_width_and_controls_are_taken_out() -> None:
    made = screen.text(screen.table(["t"], [["款" * 30], ["a\nb\x1b[2J"]], widest=10))
    assert made.splitlines()[2:] == ["款款款款 …", "a b [2J"]
    assert screen.text(screen.table(["t"], [["[red]x[/red]"]])).endswith("[red]x[/red]")


def test_what_goes_to_a_file_is_neither_coloured_nor_folded() -> None:
    out = io.StringIO()
    screen.show("title", screen.table(["a"] * 60, [["x" * 20] * 60]), file=out)
    assert len(out.getvalue().splitlines()) == 4
    assert "\x1b" not in out.getvalue()


def test_a_row_wider_than_the_window_is_shown_line_by_line(window: Terminal) -> None:
    header, rows = ["name", "款名"], [["a" * 30, "b" * 30]]
    made = screen.table(header, rows)
    assert screen.fits(screen.table(["a"], [[1]]), window)
    assert not screen.fits(made, window)
    screen.show(screen.records(header, rows), file=window)
    assert window.getvalue().split() == ["──", "1", "name", "a" * 30, "款名", "b" * 30]


def test_columns_are_left_out_until_the_window_is_wide_enough(window: Terminal) -> None:
    header, rows = ["id", "a", "b", "c"], [["x" * 10, 1234567890, 2234567890, 3234567890]]
    made = screen.fitted(header, rows, [False, True, True, True], spare=[2, 1], file=window)
    assert [str(column.header) for column in made.columns] == ["id", "a", "c"]
    everything = screen.fitted(header, rows, [False] * 4, spare=[2, 1], file=io.StringIO())
    assert len(everything.columns) == 4


def test_a_number_is_never_cut(window: Terminal) -> None:
    screen.show(screen.table(["a"] * 8, [[1234567890] * 8]), file=window)
    assert "…" not in window.getvalue()
