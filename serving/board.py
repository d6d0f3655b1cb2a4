"""The hit board for a terminal: which columns, in what order, how written. Computes no metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb

from baokuan import screen
from baokuan.home import Home
from catalogue import read
from catalogue.labels import Labels
from catalogue.model import Catalogue, Named
from serving import versions
from serving.connect import connect
from serving.versions import ServingError

if TYPE_CHECKING:
    from rich.console import RenderableType

# In this order; what they are called and how their numbers are written is the catalogue's.
COLUMNS = (
    "skc_id", "style_name", "level", "score", "stage", "days_since_launch", "net_units_7d",
    "same_age_index", "sell_through_rate", "weeks_of_supply", "distribution_rate", "full_size_rate",
    "action",
)  # fmt: skip
# Left out first where the window is narrow.
SPARE = (
    "days_since_launch", "full_size_rate", "same_age_index", "distribution_rate", "stage",
    "weeks_of_supply", "sell_through_rate",
)  # fmt: skip
TABLE = "hits.board"


def board(
    home: Home, lang: str = "zh", rows: int = 20, version: str | None = None
) -> list[RenderableType | str]:
    """The first rows of ``hits.board``, best first, with as-of date and version.

    A missing indicator shows its reason in brackets.

    Raises:
        ServingError: nothing is published, or the version holds no board.
    """
    con = connect(home, version)
    try:
        name = version or versions.current(home) or ""
        return _render(con, name, lang, rows)
    finally:
        con.close()


def _render(
    con: duckdb.DuckDBPyConnection, version: str, lang: str, limit: int
) -> list[RenderableType | str]:
    words, have = _Words(lang), _columns(con, "hits", "board")
    if not have:
        raise ServingError(f"version {version} holds no hits.board; run `make nightly`")
    named = "style_name" not in have and "style_name" in _columns(con, "core", "dim_skc")
    shown = [c for c in COLUMNS if c in have or (named and c == "style_name")]
    picked = []
    for column in shown:
        source = "s" if named and column == "style_name" else "b"
        label, status = f"{column}_{lang}", f"{column}_status"
        picked.append(f"{source}.{label if label in have else column}")
        picked.append(f"b.{status}" if status in have else "null")
    join = "left join core.dim_skc as s on s.skc_id = b.skc_id" if named else ""
    levels = _level_order(words.catalogue)
    order = [levels] if "level" in have else []
    order += [f"b.{n} desc nulls last" for n in ("score", "net_units_7d") if n in have]
    found = con.execute(
        f"select {', '.join(picked)} from hits.board as b {join} "
        f"order by {', '.join([*order, 'b.skc_id'])} limit {int(limit)}"
    ).fetchall()
    summary = con.execute("select max(as_of_date), count(*) from hits.board").fetchall()[0]
    title = (
        f"{words.printed('title')} · {words.printed('as_of')} {summary[0]}"
        f" · {words.printed('rows')} {summary[1]} · {words.printed('version')} {version}"
    )
    table = screen.fitted(
        [words.head(c) for c in shown],
        [[words.cell(c, row[2 * i], row[2 * i + 1]) for i, c in enumerate(shown)] for row in found],
        right=[words.number(c) is not None for c in shown],
        spare=[shown.index(c) for c in SPARE if c in shown],
    )
    return [title, _counts(con, have, lang, levels), table]


class _Words:
    """The catalogue's words for the board in one language."""

    def __init__(self, lang: str) -> None:
        self.lang, self.catalogue = lang, read.project()
        self.labels = Labels(self.catalogue)

    def printed(self, code: str) -> str:
        """A word of the board's title."""
        return self._named(self.catalogue.words["printed", code])

    def head(self, column: str) -> str:
        """A column's head."""
        label = self.labels.find(TABLE, column)
        return (label.zh if self.lang == "zh" else label.en) if label else column

    def number(self, column: str) -> str | None:
        """How a column's number is written; None for texts."""
        label = self.labels.find(TABLE, column)
        return self.catalogue.formats[label.format].printed if label and label.format else None

    def cell(self, column: str, value: object, status: str | None) -> str:
        """A value as people read it; a missing one shows its reason in brackets."""
        if value is None:
            reason = self.catalogue.reasons.get(status or "ok")
            shown = self._named(reason) if reason else status
            return f"({shown})" if status and status != "ok" else ""
        if form := self.number(column):
            return format(float(str(value)), form)
        word = self.catalogue.codes(column).get(str(value))
        return self._named(word) if word else str(value)

    def _named(self, row: Named) -> str:
        return row.name_zh if self.lang == "zh" else row.name_en


def _level_order(catalogue: Catalogue) -> str:
    """The levels in the catalogue's order, as SQL."""
    levels = list(catalogue.hit_levels)
    cases = " ".join(f"when '{level}' then {place}" for place, level in enumerate(levels))
    return f"case level {cases} else {len(levels)} end"


def _counts(con: duckdb.DuckDBPyConnection, have: Sequence[str], lang: str, order: str) -> str:
    if "level" not in have:
        return ""
    label = f"level_{lang}" if f"level_{lang}" in have else "level"
    counts = con.execute(
        f"select any_value({label}), count(*) from hits.board group by level order by {order}"
    ).fetchall()
    return "  ".join(f"{level} {n}" for level, n in counts) + "\n"


def _columns(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    return [
        row[0]
        for row in con.execute(
            "select column_name from duckdb_columns() where database_name = 'warehouse' "
            "and schema_name = ? and table_name = ? order by column_index",
            [schema, table],
        ).fetchall()
    ]
