"""Are two published versions, or two warehouse files, the same? ``compare_published.py A B``

Each side is a ``warehouse.duckdb``, a version's folder, or a home (then its current version).
Tables are compared whole and in any order: columns with their types, NULLs as values, doubles
without tolerance. Only columns that name a run are left out; more with ``--ignore table.column``.
Exit code 1: not the same.

What belongs here: telling two files apart. What does not: making them, or judging which is right.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import yaml

PROJECT = Path(__file__).resolve().parent.parent
MODELS = PROJECT / "dbt_project" / "models"
SCHEMAS = ("core", "people", "goods", "place", "hits", "metrics")
RUN_COLUMNS = ("*._batch",)  # which run brought a row last: a run id, not a fact
SHOWN = 12  # differing columns told of one table


@dataclass
class Difference:
    """What is not the same in one table; nothing found means that it is the same."""

    table: str
    rows: tuple[int | None, int | None]
    found: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        left, right = ("-" if n is None else f"{n:,}" for n in self.rows)
        head = f"{'DIFFERS' if self.found else 'equal':8} {self.table:40} {left:>12} {right:>12}"
        return [head, *(f"         {text}" for text in self.found)]


def warehouse_file(given: Path) -> Path:
    """The database behind a path that a person wrote.

    Raises:
        FileNotFoundError: it is neither a file, nor a version, nor a home with a current version.
    """
    if given.is_file():
        return given
    pointer = given / "published" / "CURRENT"
    if pointer.is_file():
        given = pointer.parent / pointer.read_text(encoding="utf-8").strip()
    if (given / "warehouse.duckdb").is_file():
        return given / "warehouse.duckdb"
    raise FileNotFoundError(
        f"{given} is no warehouse.duckdb, no published version and no home that has published; "
        "name one of these"
    )


def declared_keys(models: Path = MODELS) -> dict[str, list[str]]:
    """Table → key columns, as the models' YAML declares them: meta.key, else unique_key."""
    keys: dict[str, list[str]] = {}
    for path in sorted(models.rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []):
            key = model.get("config", {}).get("meta", {}).get("key")
            for test in model.get("data_tests", []):
                if not key and isinstance(test, dict) and "unique_key" in test:
                    key = test["unique_key"]["arguments"]["columns"]
            if key:
                keys[model["name"]] = key
    return keys


class Comparison:
    """Two database files side by side, as ``a`` and ``b``."""

    def __init__(self, left: Path, right: Path, ignore: Iterable[str] = ()) -> None:
        self.ignore = (*RUN_COLUMNS, *ignore)
        self.keys = declared_keys()
        self.con = duckdb.connect(config={"preserve_insertion_order": False})
        for name, path in (("a", left), ("b", right)):
            quoted = str(path).replace("'", "''")
            self.con.execute(f"attach '{quoted}' as {name} (read_only)")

    def close(self) -> None:
        self.con.close()

    def tables(self, schemas: Sequence[str]) -> list[str]:
        found = self.con.execute(
            "select distinct schema_name || '.' || table_name from duckdb_tables() "
            "where database_name in ('a', 'b') and list_contains(?, schema_name) order by 1",
            [list(schemas)],
        ).fetchall()
        return [table for (table,) in found]

    def columns(self, side: str, table: str) -> dict[str, str]:
        """Column → type, without those to be ignored; empty where the table is missing."""
        found = self.con.execute(
            "select column_name, data_type from duckdb_columns() where database_name = ? "
            "and schema_name || '.' || table_name = ? order by column_index",
            [side, table],
        ).fetchall()
        return {name: kind for name, kind in found if not self._is_ignored(table, name)}

    def _is_ignored(self, table: str, column: str) -> bool:
        bare = table.partition(".")[2]
        names = (f"{table}.{column}", f"{bare}.{column}")
        return any(fnmatch(name, pattern) for pattern in self.ignore for name in names)

    def compare(self, table: str) -> Difference:
        left, right = self.columns("a", table), self.columns("b", table)
        if not left or not right:
            rows = (
                self._count("a", table) if left else None,
                self._count("b", table) if right else None,
            )
            return Difference(table, rows, [f"is only in {'A' if left else 'B'}"])
        result = Difference(table, (self._count("a", table), self._count("b", table)))
        for name in left.keys() | right.keys():
            if left.get(name) != right.get(name):
                kinds = (left.get(name, "missing"), right.get(name, "missing"))
                result.found.append(f"column {name}: {kinds[0]} in A, {kinds[1]} in B")
        result.found.sort()
        names = [name for name in left if name in right]
        if names and self._fingerprint("a", table, names) != self._fingerprint("b", table, names):
            result.found += self._by_key(table, names) or self._by_column(table, names)
        return result

    def _one(self, sql: str) -> tuple:
        return self.con.execute(sql).fetchall()[0]

    def _count(self, side: str, table: str) -> int:
        return self._one(f"select count(*) from {side}.{table}")[0]

    def _fingerprint(self, side: str, table: str, names: Sequence[str]) -> tuple:
        """Rows and two sums over their hashes: the same for the same rows in any order."""
        listed = _listed(names)
        return self._one(
            f"select count(*), sum(hash({listed})), sum(hash({listed}, 'again')) "
            f"from {side}.{table}"
        )

    def _is_key(self, side: str, table: str, key: Sequence[str]) -> bool:
        distinct = f"select distinct {_listed(key)} from {side}.{table}"
        return self._one(f"select count(*) from ({distinct})")[0] == self._count(side, table)

    def _by_key(self, table: str, names: Sequence[str]) -> list[str]:
        """Row by row, where a key is declared and is one; nothing where it is not."""
        key = self.keys.get(table.partition(".")[2], [])
        if not key or not set(key) <= set(names):
            return []
        if not all(self._is_key(side, table, key) for side in ("a", "b")):
            return []
        on = " and ".join(f'a."{name}" is not distinct from b."{name}"' for name in key)
        found = []
        for side, other in (("a", "b"), ("b", "a")):
            count, example = self._one(
                f"select count(*), min({_row_name(side, key)}) from {side}.{table} as {side} "
                f"anti join {other}.{table} as {other} on {on}"
            )
            if count:
                found.append(f"{count:,} rows only in {side.upper()}, for example {example}")
        told = [self._column(table, on, key, name) for name in names if name not in key]
        return found + _shortened([text for text in told if text])

    def _column(self, table: str, on: str, key: Sequence[str], name: str) -> str:
        """In how many rows of both sides a column differs, with one of them; empty if in none."""
        count, example = self._one(
            f'select count(*), min([{_row_name("a", key)}, cast(a."{name}" as varchar), '
            f'cast(b."{name}" as varchar)]) from a.{table} as a inner join b.{table} as b on {on} '
            f'where a."{name}" is distinct from b."{name}"'
        )
        if not count:
            return ""
        row, left, right = (text if text is not None else "NULL" for text in example)
        return f"column {name}: {count:,} rows differ, for example {row}: {left} in A, {right} in B"

    def _by_column(self, table: str, names: Sequence[str]) -> list[str]:
        """Without a key: which columns hold other values, and a row that only one side has."""
        told = [
            f"column {name}: other values"
            for name in names
            if self._fingerprint("a", table, [name]) != self._fingerprint("b", table, [name])
        ]
        found = _shortened(told) or ["the same values in other combinations"]
        listed = _listed(names)
        for side, other in (("a", "b"), ("b", "a")):
            mine, others = (f"select {listed} from {one}.{table}" for one in (side, other))
            only = f"{mine} except all {others}"
            count = self._one(f"select count(*) from ({only})")[0]
            rows = self.con.execute(f"{only} limit 1").fetchall()
            if rows:
                row = ", ".join(f"{n}={v}" for n, v in zip(names, rows[0], strict=True))
                found.append(f"{count:,} rows only in {side.upper()}, for example {row}"[:600])
        return found


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _row_name(side: str, key: Sequence[str]) -> str:
    """A row's key as text, in SQL."""
    parts = (f"'{n}=' || coalesce(cast({side}.\"{n}\" as varchar), 'NULL')" for n in key)
    return f"concat_ws(', ', {', '.join(parts)})"


def _shortened(told: list[str]) -> list[str]:
    return told[:SHOWN] + ([f"{len(told) - SHOWN} more columns"] if len(told) > SHOWN else [])


def compare(
    left: Path, right: Path, schemas: Sequence[str] = SCHEMAS, ignore: Iterable[str] = ()
) -> list[Difference]:
    """Every table of the schemas, those that are the same too."""
    comparison = Comparison(warehouse_file(left), warehouse_file(right), ignore)
    try:
        return [comparison.compare(table) for table in comparison.tables(schemas)]
    finally:
        comparison.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="compare_published.py", description=__doc__)
    parser.add_argument("a", type=Path, help="a warehouse file, a published version, or a home")
    parser.add_argument("b", type=Path, help="the other one")
    parser.add_argument("--schemas", nargs="+", default=SCHEMAS, help="default: what is published")
    parser.add_argument(
        "--ignore",
        nargs="+",
        default=[],
        metavar="TABLE.COLUMN",
        help="may hold * (hits.board.*_zh)",
    )
    given = parser.parse_args(arguments)
    try:
        results = compare(given.a, given.b, given.schemas, given.ignore)
    except (FileNotFoundError, duckdb.Error) as error:
        print(error, file=sys.stderr)
        return 2
    if not results:
        print(f"neither file has a table in {', '.join(given.schemas)}", file=sys.stderr)
        return 2
    for result in results:
        print("\n".join(result.lines()))
    differing = sum(bool(result.found) for result in results)
    print(f"{len(results)} tables, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
