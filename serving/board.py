"""The hit board for a terminal: which columns, in what order, how written. Computes no metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from baokuan import screen
from baokuan.home import Home
from serving import versions
from serving.connect import connect
from serving.versions import ServingError

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True)
class Shown:
    """A column of the terminal board; ``form`` is a format of its number."""

    name: str
    zh: str
    en: str
    form: str = ""


COLUMNS = (
    Shown("skc_id", "款色", "SKC"),
    Shown("style_name", "品名", "Style"),
    Shown("level", "级别", "Level"),
    Shown("score", "得分", "Score", ".1f"),
    Shown("stage", "阶段", "Stage"),
    Shown("days_since_launch", "上市天数", "Day", ".0f"),
    Shown("net_units_7d", "近7天净销", "Net 7d", ".0f"),
    Shown("same_age_index", "同龄指数", "Age index", ".2f"),
    Shown("sell_through_rate", "售罄率", "Sell-thr.", ".1%"),
    Shown("weeks_of_supply", "可销周数", "Weeks", ".1f"),
    Shown("distribution_rate", "铺货率", "Distrib.", ".1%"),
    Shown("full_size_rate", "齐码率", "Full size", ".1%"),
    Shown("action", "动作", "Action"),
)

# Codes in words; the labels of levels and actions come from the board itself.
WORDS = {
    "zh": {
        "intro": "导入", "growth": "成长", "mature": "成熟", "decline": "衰退", "exit": "退市",
        "evergreen": "常青",
        "no_stock": "无库存", "no_sales": "无销售", "no_order": "无订单", "no_cost": "缺成本",
        "no_views": "无浏览", "immature": "未成熟", "pre_launch": "未上市",
        "launch_unknown": "上市日未知", "small_base": "基数小", "insufficient": "数据不足",
        "not_judged": "不评", "not_available": "无数据源", "dq_blocked": "质量拦截",
        "title": "爆款看板", "as_of": "截止", "version": "版本", "rows": "款色",
    },
    "en": {"title": "Hit board", "as_of": "as of", "version": "version", "rows": "SKCs"},
}  # fmt: skip

_LEVELS = (
    "case level when 'hit' then 1 when 'strong' then 2 when 'normal' then 3 when 'slow' then 4 "
    "else 5 end"
)


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
    have = _columns(con, "hits", "board")
    if not have:
        raise ServingError(f"version {version} holds no hits.board; run `make nightly`")
    named = "style_name" not in have and "style_name" in _columns(con, "core", "dim_skc")
    shown = [c for c in COLUMNS if c.name in have or (named and c.name == "style_name")]
    picked = []
    for column in shown:
        source = "s" if named and column.name == "style_name" else "b"
        label, status = f"{column.name}_{lang}", f"{column.name}_status"
        picked.append(f"{source}.{label if label in have else column.name}")
        picked.append(f"b.{status}" if status in have else "null")
    join = "left join core.dim_skc as s on s.skc_id = b.skc_id" if named else ""
    order = [_LEVELS] if "level" in have else []
    order += [f"b.{n} desc nulls last" for n in ("score", "net_units_7d") if n in have]
    found = con.execute(
        f"select {', '.join(picked)} from hits.board as b {join} "
        f"order by {', '.join([*order, 'b.skc_id'])} limit {int(limit)}"
    ).fetchall()
    summary = con.execute("select max(as_of_date), count(*) from hits.board").fetchall()[0]
    words = WORDS[lang]
    title = (
        f"{words['title']} · {words['as_of']} {summary[0]} · {words['rows']} {summary[1]}"
        f" · {words['version']} {version}"
    )
    table = screen.table(
        [c.zh if lang == "zh" else c.en for c in shown],
        [
            [_shown(c, row[2 * i], row[2 * i + 1], words) for i, c in enumerate(shown)]
            for row in found
        ],
        right=[bool(c.form) for c in shown],
    )
    return [title, _levels(con, have, lang), table]


def _levels(con: duckdb.DuckDBPyConnection, have: Sequence[str], lang: str) -> str:
    if "level" not in have:
        return ""
    label = f"level_{lang}" if f"level_{lang}" in have else "level"
    counts = con.execute(
        f"select any_value({label}), count(*) from hits.board group by level order by {_LEVELS}"
    ).fetchall()
    return "  ".join(f"{level} {n}" for level, n in counts) + "\n"


def _shown(column: Shown, value: object, status: str | None, words: dict[str, str]) -> str:
    if value is None:
        return f"({words.get(status, status)})" if status and status != "ok" else ""
    if column.form:
        return format(float(str(value)), column.form)
    return words.get(str(value), str(value))


def _columns(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[str]:
    return [
        row[0]
        for row in con.execute(
            "select column_name from duckdb_columns() where database_name = 'warehouse' "
            "and schema_name = ? and table_name = ? order by column_index",
            [schema, table],
        ).fetchall()
    ]
