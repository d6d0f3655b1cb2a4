"""What people read in a terminal: tables that fit Chinese and the window, plain text elsewhere.

Belongs here: how rows look. What is in them is the caller's. Rich is loaded when something is
shown, not before: a command that prints nothing starts quickly.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

WIDEST = 40  # of one column
# Wide enough for any row: text that goes to a file or another program is never folded.
_UNFOLDED = 100_000


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    right: Sequence[bool] | None = None,
    widest: int | None = WIDEST,
) -> Table:
    """Rows under a header; numbers (or the columns that ``right`` marks) to the right.

    Args:
        widest: longer texts are cut with an ellipsis; None folds them instead.
    """
    from rich import box
    from rich.table import Table

    right = right or [any(_is_number(row[i]) for row in rows) for i in range(len(header))]
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title, to_right in zip(header, right, strict=True):
        made.add_column(
            _text(title),
            justify="right" if to_right else "left",
            max_width=widest,
            no_wrap=widest is not None,
            overflow="fold" if widest is None else "ellipsis",
        )
    for row in rows:
        made.add_row(*(_text(cell(value)) for value in row))
    return made


def fitted(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    right: Sequence[bool],
    spare: Sequence[int],
    file: TextIO | None = None,
) -> Table:
    """A table that fits the window: columns are left out, in the order of ``spare``, until it does.

    Where nobody looks at a window (a file, another program) all columns are there.
    """
    left_out: set[int] = set()
    for place in [*spare, None]:
        kept = [i for i in range(len(header)) if i not in left_out]
        made = table(
            [header[i] for i in kept],
            [[row[i] for i in kept] for row in rows],
            [right[i] for i in kept],
        )
        if place is None or fits(made, file):
            break
        left_out.add(place)
    return made


def records(header: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Each row as lines of name and value: for rows that are wider than the window."""
    made = columns()
    for number, row in enumerate(rows, 1):
        made.add_row(_text(f"── {number}"), _text(""))
        for name, value in zip(header, row, strict=True):
            made.add_row(_text(name), _text(cell(value)))
    return made


def columns(right: Sequence[int] = ()) -> Table:
    """A grid to be filled with ``add_row``, its last column folded to the window.

    Args:
        right: the columns whose contents stand to the right, of those before the last.
    """
    from rich.table import Table

    made = Table.grid(padding=(0, 2, 0, 0))
    for place in range(max(right, default=0) + 1):
        made.add_column(justify="right" if place in right else "left", no_wrap=True)
    made.add_column(overflow="fold")
    return made


def show(*parts: RenderableType | str, file: TextIO | None = None) -> None:
    """Print tables and lines: fitted to the window of a terminal, else as :func:`text` has them."""
    out = file or sys.stdout
    if not out.isatty():
        print(text(*parts), file=out)
        return
    from rich.console import Console

    console = Console(file=out, highlight=False, markup=False, emoji=False)
    for part in parts:
        if not isinstance(part, str) and not fits(part, out):
            _fold(part)
        console.print(part)


def _fold(part: RenderableType) -> None:
    """A number that does not fit goes on in the next line: half of it would be another number."""
    from rich.table import Table

    if isinstance(part, Table):
        for column in part.columns:
            column.no_wrap, column.overflow = False, "fold"


def fits(made: RenderableType, file: TextIO | None = None) -> bool:
    """Whether the table fits the window; always, where there is none."""
    out = file or sys.stdout
    if not out.isatty():
        return True
    from rich.console import Console
    from rich.measure import Measurement

    console = Console(file=out)
    unfolded = console.options.update(width=_UNFOLDED)
    return Measurement.get(console, unfolded, made).maximum <= console.width


def text(*parts: RenderableType | str) -> str:
    """The same without colours, unfolded and without blanks at line ends."""
    lines: list[str] = []
    for part in parts:
        said = part if isinstance(part, str) else _plain(part)
        lines += [line.rstrip() for line in said.split("\n")]
    return "\n".join(lines)


def cell(value: object) -> str:
    """One value as people read it, on one line and without signs that steer a terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return "".join(c if c.isprintable() else " " for c in str(value))


def _text(shown: str) -> RenderableType:
    """Never markup: a value may hold brackets."""
    from rich.text import Text

    return Text(shown)


def _plain(part: RenderableType) -> str:
    from rich.console import Console

    console = Console(
        file=io.StringIO(), width=_UNFOLDED, color_system=None, highlight=False, markup=False
    )
    console.print(part)
    return console.file.getvalue().removesuffix("\n")  # type: ignore[attr-defined]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
