"""Finds and reads the tables of look-up steps: landed files, CSVs, pairs in a contract.

Belongs here: which file a look-up means, its key columns, keys that are there twice. Joining them
to rows does not.
"""

from __future__ import annotations

import fnmatch
import threading
from pathlib import Path

import duckdb
import pyarrow as pa

from baokuan.home import Home
from ingest.arrive import landing
from ingest.arrive.known import Known
from ingest.arrive.landing import Landed
from ingest.contract.model import Column, Contract
from ingest.contract.steps import Let, Lookup
from ingest.read import any as any_format
from ingest.read.table import BlockedError, normal_header
from ingest.sql import ident

READ = ("loaded", "empty", "lookup", "held")  # outcomes whose file can be in the archive


class WaitsForLookupError(BlockedError):
    """The file of a look-up has not come yet: worth another try at every run."""


def pseudo(step: Lookup) -> Contract:
    """A contract that reads the raw columns of a look-up's file."""
    keys = [theirs for theirs, _ in step.on]
    columns = tuple(
        Column.model_construct(name=f"c{place}", sources=(name,), required=name in keys)
        for place, name in enumerate(dict.fromkeys([*keys, *step.fields]))
    )
    return Contract(
        feed=step.name, source="lookup", path=step.pattern or "", columns=columns, file="",
        version="", steps=(Let(()),),
    )  # fmt: skip


def used_for(path: str, contracts: list[Contract]) -> Lookup | None:
    """A look-up that reads the landed file at this path."""
    for contract in contracts:
        for step in contract.lookups:
            if step.pattern and fnmatch.fnmatchcase(path, step.pattern):
                return step
    return None


class Lookups:
    """The look-up tables of one ingest, each read once."""

    def __init__(self, home: Home, known: Known, beside: Path | None = None) -> None:
        self.home, self.known, self.beside = home, known, beside
        self.cache: dict[tuple[Lookup, tuple[str, ...]], pa.Table] = {}
        self.lock = threading.RLock()

    def find(self, step: Lookup) -> pa.Table:
        """The table of a look-up, with its key as text in ``k0``, ``k1`` ….

        Raises:
            WaitsForLookupError: no file of it has landed yet.
            BlockedError: the file lacks a column, or a key is there twice with different values.
        """
        with self.lock, duckdb.connect(":memory:") as con:
            paths = self._paths(step)
            ident_of = (step, tuple(map(str, paths)))
            if ident_of not in self.cache:
                self.cache[ident_of] = self._read(con, step, paths)
            return self.cache[ident_of]

    def _paths(self, step: Lookup) -> list[Path]:
        if step.csv is not None:
            return [Path(step.csv)]
        if step.pattern is None:
            return []
        found: dict[str, tuple[str, str, Path]] = {}
        for outcome in self.known:
            if outcome.status in READ and fnmatch.fnmatchcase(outcome.source, step.pattern):
                landed = Landed(self.home.landing / outcome.source, outcome.source, 0)
                path = landing.archived(self.home, landed, outcome.content_hash)
                if path.is_file():
                    found[str(path)] = (_age(landed), outcome.source, path)
        for landed in landing.files(self.home):
            if fnmatch.fnmatchcase(landed.relative, step.pattern):
                found[str(landed.path)] = (_age(landed), landed.relative, landed.path)
        for path in sorted(self.beside.iterdir()) if self.beside else []:
            if path.is_file() and fnmatch.fnmatchcase(path.name, Path(step.pattern).name):
                found[str(path)] = (_age(Landed(path, path.name, 0)), path.name, path)
        if not found:
            raise WaitsForLookupError(
                f"look-up '{step.name}' needs a file like {step.pattern}, and none has landed",
                "put it beside this file, or land it" if self.beside else
                "land it; this file is read again with the next run",
            )  # fmt: skip
        ordered = [path for _, _, path in sorted(found.values(), key=lambda item: item[:2])]
        return ordered

    def _read(self, con: duckdb.DuckDBPyConnection, step: Lookup, paths: list[Path]) -> pa.Table:
        if step.pattern is None and step.csv is None:
            keys, values = zip(*step.pairs, strict=True) if step.pairs else ((), ())
            numbers = pa.array(range(len(keys)), pa.int64())
            return pa.table(
                {"_row_no": numbers, "key": pa.array(keys, pa.string()),
                 "value": pa.array(values, pa.string()), "k0": pa.array(keys, pa.string())}
            )  # fmt: skip
        contract = pseudo(step)
        whole: list[pa.Table] = []
        partly: list[pa.Table] = []
        problem: BlockedError | None = None
        for path in reversed(paths):
            try:
                data = any_format.read(con, path, contract).data
            except BlockedError as error:
                problem = problem or error
                continue
            have = {normal_header(name) for name in data.column_names}
            lacks = {normal_header(name) for name in step.fields} - have
            (partly if lacks else whole).append(data)
            if whole and not step.every:
                break
        tables = whole or partly
        if not tables:
            assert problem is not None
            reason = f"look-up '{step.name}' cannot be read: {problem.reason}"
            raise WaitsForLookupError(reason, problem.remedy)
        chosen = list(reversed(tables)) if step.every else tables[:1]
        rows = pa.concat_tables(chosen, promote_options="default")
        return self._keyed(con, step, rows)

    def _keyed(self, con: duckdb.DuckDBPyConnection, step: Lookup, rows: pa.Table) -> pa.Table:
        by_name = {normal_header(name): name for name in reversed(rows.column_names)}
        keys = [ident(by_name[normal_header(theirs)]) for theirs, _ in step.on]
        picks = [f"trim({key}::varchar) as k{place}" for place, key in enumerate(keys)]
        for name in dict.fromkeys((*step.fields, *(theirs for theirs, _ in step.on))):
            if name in rows.column_names or normal_header(name) in by_name:
                picks.append(f"{ident(by_name[normal_header(name)])} as {ident(name)}")
        listed = ", ".join(f"k{place}" for place in range(len(keys)))
        con.register("lookup_raw", rows)
        filled = " and ".join(f"k{place} <> ''" for place in range(len(keys)))
        sql = f"select _row_no, {', '.join(picks)} from lookup_raw"
        sql = f"select row_number() over () as _row_no, * exclude (_row_no) from ({sql})"
        sql = f"select * from ({sql}) where {filled}"
        if step.pick == "one":
            sql = f"select min(_row_no) as _row_no, * exclude (_row_no) from ({sql}) group by all"
        elif step.pick in ("first", "last"):
            order = "_row_no desc" if step.pick == "last" else "_row_no"
            sql += f" qualify row_number() over (partition by {listed} order by {order}) = 1"
        table = con.execute(f"{sql} order by _row_no").to_arrow_table()
        con.unregister("lookup_raw")
        if step.pick == "one":
            distinct = table.group_by([f"k{p}" for p in range(len(keys))]).aggregate([])
            if distinct.num_rows != table.num_rows:
                raise WaitsForLookupError(
                    f"look-up '{step.name}': {table.num_rows - distinct.num_rows} keys are there "
                    "more than once with different values",
                    "say 'pick: first', 'pick: last' or 'pick: all' in the step, or mend the file",
                )
        return table


def _age(landed: Landed) -> str:
    return str(landed.file_date or "")
