"""When a change can't be built upon what is there, and why: then all is built from nothing."""

from __future__ import annotations

from typing import Any

import duckdb

from baokuan import clock
from baokuan.home import Home
from orchestration.build import state
from orchestration.build.script import INCREMENTAL, TABLE, TEST, Script


def reason(home: Home, script: Script) -> str | None:
    """None for a build upon what is there."""
    before = state.read(home)
    if not _asked(home, "select count(*) from duckdb_tables() where schema_name <> 'bronze'"):
        return "a first load"
    if not before.codes:
        return (
            "nothing is known of how this warehouse was built" if _has_board(home) else "first load"
        )
    return (
        of_other_models(script, before.codes)
        or of_lost_tables(script, _tables(home))
        or _of_later_day(home)
    )


def of_other_models(script: Script, codes: dict[str, str]) -> str | None:
    """An incremental table keeps rows that the old statements made. Pure.

    When those of one of them, or of anything that one is made of, are others today, it has to be
    built from nothing, and with it what is remembered of it.
    """
    changed = {s.id for s in script.steps if s.kind != TEST and codes.get(s.id) != s.code}
    remembered = {relation for step in script.steps for relation in step.reads}
    for one in script.descendants(changed):
        step = script.by_id[one]
        if step.kind == INCREMENTAL or step.relation in remembered:
            return f"{len(changed)} models are others than those that built this warehouse"
    return None


def of_lost_tables(script: Script, there: set[str]) -> str | None:
    """A change is built upon every incremental table and all that is remembered. Pure.

    One that is missing can't be made by itself: what it reads holds only what changed.
    """
    remembered = {relation for step in script.steps for relation in step.reads}
    needed = {
        relation
        for relation, step in script.relations.items()
        if step.kind == INCREMENTAL or (step.kind == TABLE and relation in remembered)
    }
    lost = sorted(needed - there)
    return f"{lost[0]} is missing" if lost else None


def _tables(home: Home) -> set[str]:
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        found = con.execute("select schema_name || '.' || table_name from duckdb_tables()")
        return {name for (name,) in found.fetchall()}


def _of_later_day(home: Home) -> str | None:
    """Incremental rows of the hit tables would reach beyond a day that is set back."""
    if not _has_board(home):
        return None
    day = _asked(home, "select max(as_of_date) from hits.board")
    if day is not None and day > clock.as_of():
        return f"the board that is there is of a later day, {day}"
    return None


def _has_board(home: Home) -> bool:
    sql = "select count(*) from duckdb_tables() where schema_name = 'hits' and table_name = 'board'"
    return bool(_asked(home, sql))


def _asked(home: Home, sql: str) -> Any:
    """The single value of a query on the closed warehouse; None where there is no warehouse."""
    if not home.warehouse.is_file():
        return None
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()[0][0]
