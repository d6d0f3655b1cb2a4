"""Runs a contract's steps on the raw rows of a file and takes its columns from the result.

Belongs here: one SQL statement for each step, the count of rows a step leaves out, and the raw text
``r_<column>`` of every column the file can give. Reading files, finding the tables of look-ups and
typing values do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract import expressions
from ingest.contract.grammar import SPACES
from ingest.contract.model import Column, Contract
from ingest.contract.steps import Alias, FillDown, Let, Lookup, OnePer, Split, Step, Unpivot, Where
from ingest.read.table import BlockedError, Table, normal_header
from ingest.shape.unread import Finder, readings, tried
from ingest.sql import ident, quoted

Find = Callable[[Lookup], pa.Table]
NO_PARTS = "no_parts"


def apply(
    con: duckdb.DuckDBPyConnection, table: Table, contract: Contract, path: str, find: Find
) -> Table:
    """The table with the contract's raw columns instead of the file's; counts what steps leave out.

    Args:
        path: where the file lies below landing/.
        find: gives the table of a look-up; its key columns are called ``k0``, ``k1`` ….

    Raises:
        BlockedError: the file lacks a column that a step or a required column needs.
    """
    return _Shaper(con, table, contract, path, find).run()


class _Shaper:
    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        table: Table,
        contract: Contract,
        path: str,
        find: Find,
    ) -> None:
        self.con, self.table, self.contract, self.find = con, table, contract, find
        self.data = table.data
        if contract.by_path:
            value = pa.repeat(pa.scalar(path), self.data.num_rows)
            self.data = self.data.append_column("_path", value)
        self.lookups: dict[str, set[str]] = {}
        self.finder = Finder(contract)

    def run(self) -> Table:
        ordered = True
        if self.table.hints.may_trim:
            self._trim()
        for step in self.contract.steps:
            before = self.data
            self._check(step)
            self.data = self._step(step)
            self._count(before, step)
            ordered = ordered and isinstance(step, Alias | Let | Where)
        self.data = self._columns(ordered)
        self.table.data = self.data
        return self.table

    def _trim(self) -> None:
        """No blanks around raw texts, so that conditions need not think of them."""
        texts = [f.name for f in self.data.schema if pa.types.is_string(f.type)]
        if texts:
            trimmed = ", ".join(f"trim({ident(n)}, {quoted(SPACES)}) as {ident(n)}" for n in texts)
            self.data = self._query(f"select * replace ({trimmed}) from raw_rows_in")

    def _query(self, sql: str, *others: tuple[str, pa.Table]) -> pa.Table:
        for name, other in (("raw_rows_in", self.data), *others):
            self.con.register(name, other)
        try:
            return self.con.execute(sql).to_arrow_table()
        finally:
            for name, _ in (("raw_rows_in", None), *others):
                self.con.unregister(name)

    def _count(self, before: pa.Table, step: Step) -> None:
        """Rows of the file of which nothing is left after a step are skipped."""
        if isinstance(step, Alias | Let | FillDown):
            return
        lost = _rows(before, self.contract) - _rows(self.data, self.contract)
        reason = {Where: "", OnePer: "repeats", Lookup: ""}.get(type(step), NO_PARTS)
        if isinstance(step, Where):
            reason = step.reason
        elif isinstance(step, Lookup):
            reason = step.unmatched if step.unmatched != "keep" else NO_PARTS
        if lost:
            self.table.skipped[reason] = self.table.skipped.get(reason, 0) + lost

    def _place(self, name: str) -> str | None:
        """SQL for a raw column by its name or alias; None if it is not there."""
        names = self.data.column_names
        if name in names:
            return ident(name)
        prefix, _, rest = name.partition(".")
        if rest and prefix in self.lookups:
            return f"{ident(prefix)}.{ident(rest)}" if rest in self.lookups[prefix] else None
        wanted = normal_header(name)
        same = [other for other in names if normal_header(other) == wanted]
        return ident(same[0]) if same else None

    def _need(self, name: str, what: str) -> str:
        place = self._place(name)
        if place is None:
            raise self._missing([name], what)
        return place

    def _missing(self, names: list[str], what: str) -> BlockedError:
        shown = ", ".join(f"'{name}'" for name in names)
        return BlockedError(
            f"{what} of contract {self.contract.name} needs column {shown}, which is not there",
            f"export again with it, or mend {self.contract.file}",
            self.table.rows_in_file,
        )

    def _absent(self, expression: str) -> list[str]:
        """Columns an expression names that are not there."""
        absent = []
        for path in expressions.columns(expression):
            found = path[0] in self.lookups and (
                len(path) < 2 or path[1] in self.lookups[path[0]] or not path[1]
            )
            if not found and path[0].lower() not in {n.lower() for n in self.data.column_names}:
                absent.append(".".join(path))
        return absent

    def _check(self, step: Step) -> None:
        found: list[str] = []
        if isinstance(step, Where):
            found = self._absent(step.condition)
        elif isinstance(step, Let):
            made: set[str] = set()
            for name, expression in step.columns:
                found += [n for n in self._absent(expression) if n.split(".")[0] not in made]
                made.add(name)
        if found:
            raise self._missing(found, f"step '{type(step).__name__.lower()}'")

    def _step(self, step: Step) -> pa.Table:
        match step:
            case Alias():
                picks = [f"{self._first(names)} as {ident(new)}" for new, names in step.columns]
                return self._query(f"select *{_more(picks)} from raw_rows_in")
            case FillDown():
                return self._fill_down(step)
            case Let():
                for name, expression in step.columns:
                    kept = f"* exclude ({ident(name)})" if self._has(name) else "*"
                    value = tried(expression)
                    made = self._query(f"select {kept}, {value} as {ident(name)} from raw_rows_in")
                    self._find_unread(name, expression, made, name)
                    self.data = made
                return self.data
            case Where():
                return self._query(f"select * from raw_rows_in where ({step.condition})")
            case Split():
                return self._split(step)
            case Unpivot():
                return self._unpivot(step)
            case Lookup():
                return self._lookup(step)
            case OnePer():
                return self._one_per(step)

    def _find_unread(self, name: str, expression: str, made: pa.Table, value: str) -> None:
        """Texts that keep an expression from giving a value, which ``made`` holds as ``value``."""
        read = [pair for pair in readings(expression) if not self._absent(pair[1])]
        empty = made["_row_no"].filter(pc.is_null(made[value]))
        self.table.unread += self.finder.find(self._query, name, expression, read, empty)

    def _first(self, names: tuple[str, ...]) -> str:
        """The first filled one of the columns that are there."""
        places = [place for name in names if (place := self._place(name)) is not None]
        texts = ", ".join(f"nullif(trim({place}::varchar), '')" for place in places)
        return f"coalesce({texts})" if texts else "null::varchar"

    def _has(self, name: str) -> bool:
        return name.lower() in {n.lower() for n in self.data.column_names}

    def _order(self) -> str:
        return "_row_no, _part" if self._has("_part") else "_row_no"

    def _fill_down(self, step: FillDown) -> pa.Table:
        within = [self._need(name, "step 'fill_down'") for name in step.within]
        over = f"partition by {', '.join(within)} " if within else ""
        filled = []
        for name in step.columns:
            place = self._need(name, "step 'fill_down'")
            value = f"case when trim({place}::varchar) <> '' then {place} end"
            filled.append(
                f"last_value({value} ignore nulls) over ({over}order by {self._order()} "
                f"rows unbounded preceding) as {place}"
            )
        return self._query(
            f"select * replace ({', '.join(filled)}) from raw_rows_in order by {self._order()}"
        )

    def _split(self, step: Split) -> pa.Table:
        places = [self._need(name, "step 'split'") for name in step.columns]
        lists = []
        for place in places:
            text = f"{place}::varchar"
            if step.by == "json":
                listed = f"case when json_valid({text}) and json_type({text}) = 'ARRAY' "
                listed += (
                    f"then from_json({text}, '[\"VARCHAR\"]') when {text} <> '' then [{text}] end"
                )
            else:
                listed = f"string_split({text}, {quoted(step.by)})"
            lists.append(listed)
        zipped = f"list_zip({', '.join(lists)})"
        empty = " and ".join(f"coalesce(trim(_z[{i}]), '') = ''" for i in range(1, len(places) + 1))
        parts = f"list_filter({zipped}, lambda _z: not ({empty}))"
        picked = [f"_zip[{i}] as {place}" for i, place in enumerate(places, 1)]
        exclude = "* exclude (_zip, _at, _parts" + (", _part" if self._has("_part") else "") + ")"
        fields = [f"{_field(step, '_zip[1]', i)} as {ident(n)}" for i, n in enumerate(step.fields)]
        numbered = "_part * 1000 + _at" if self._has("_part") else "_at"
        return self._query(
            f"select {exclude} replace ({', '.join(picked)}){_more(fields)}, "
            f"cast({numbered} as bigint) as _part from (select *, _parts[_at] as _zip from "
            f"(select *, unnest(generate_series(1, len(_parts))) as _at from "
            f"(select *, {parts} as _parts from raw_rows_in)))"
        )

    def _unpivot(self, step: Unpivot) -> pa.Table:
        names = [name for name in self.data.column_names if name not in ("_row_no", "_part")]
        groups: list[str] = []
        if step.pattern is not None:
            expression = re.compile(step.pattern)
            groups = list(expression.groupindex)
            found = [name for name in names if expression.fullmatch(name)]
            if not found:
                raise self._missing([step.pattern], "step 'unpivot'")
        else:
            have = {normal_header(name): name for name in reversed(names)}
            found = [have[n] for c in step.columns if (n := normal_header(c)) in have]
            if not found:
                raise self._missing(list(step.columns), "step 'unpivot'")
        entries = []
        for place, name in enumerate(found, 1):
            fields = {"at": str(place), "name": quoted(name), "value": f"{ident(name)}::varchar"}
            for group in groups:
                text = (re.fullmatch(step.pattern or "", name) or {})[group]  # type: ignore[index]
                fields["g_" + group] = "null::varchar" if text is None else quoted(text)
            entries.append("{" + ", ".join(f"{ident(k)}: {v}" for k, v in fields.items()) + "}")
        made = [f"_cell.name as {ident(step.name)}", f"_cell.value as {ident(step.value)}"]
        made += [f"_cell.g_{group} as {ident(group)}" for group in groups if group != step.name]
        drops = "".join(f" and trim(_c.value) <> {quoted(text)}" for text in step.drop)
        cells = f"list_filter([{', '.join(entries)}], lambda _c: trim(_c.value) <> ''{drops})"
        numbered = "_part * 10000 + _cell.at" if self._has("_part") else "_cell.at"
        gone = ", ".join([*map(ident, found), *(["_part"] if self._has("_part") else [])])
        return self._query(
            f"select * exclude (_cell, {gone}), {', '.join(made)}, "
            f"cast({numbered} as bigint) as _part from "
            f"(select *, unnest({cells}) as _cell from raw_rows_in)"
        )

    def _lookup(self, step: Lookup) -> pa.Table:
        if self._has(step.name):
            raise BlockedError(
                f"look-up '{step.name}' is called like a column of the file",
                f"give it another 'name' in {self.contract.file}",
                self.table.rows_in_file,
            )
        other = self.find(step)
        mine = [self._need(name, f"look-up '{step.name}'") for _, name in step.on]
        tests = " and ".join(f"trim(r.{p}::varchar) = l.k{i}" for i, p in enumerate(mine))
        self.lookups[step.name] = {n for n in other.column_names if n not in ("_row_no",)}
        numbered, kept = "", "r.*"
        if step.pick == "all":
            order = ", ".join(f"r.{name}" for name in self._order().split(", "))
            numbered = f", row_number() over (partition by r._row_no order by {order}, l._row_no)"
            numbered += " as _part"
            kept = "r.* exclude (_part)" if self._has("_part") else "r.*"
        join = "left join" if step.unmatched == "keep" else "join"
        result = self._query(
            f"select {kept}, l as {ident(step.name)}{numbered} "
            f"from raw_rows_in r {join} lookup_rows l on {tests} order by {self._order()}"
            if step.pick != "all"
            else f"select {kept}, l as {ident(step.name)}{numbered} "
            f"from raw_rows_in r {join} lookup_rows l on {tests} order by r._row_no, _part",
            ("lookup_rows", other),
        )
        if step.unmatched == "keep":
            lacking = pc.sum(pc.is_null(pc.struct_field(result[step.name], "_row_no"))).as_py() or 0
            if lacking:
                self.table.warnings.append(
                    f"look-up '{step.name}': {lacking} of {result.num_rows} rows have no match"
                )
        return result

    def _one_per(self, step: OnePer) -> pa.Table:
        places = [self._need(name, "step 'one_per'") for name in step.columns]
        direction = "desc" if step.keep == "last" else "asc"
        order = ", ".join(f"{name} {direction}" for name in self._order().split(", "))
        return self._query(
            f"select * from raw_rows_in qualify row_number() over "
            f"(partition by {', '.join(places)} order by {order}) = 1 order by {self._order()}"
        )

    def _columns(self, ordered: bool) -> pa.Table:
        """``_row_no`` and the raw text of every column that the file can give."""
        picks, missing = ["_row_no"], []
        for column in self.contract.columns:
            if column.expr is not None:
                absent = self._absent(column.expr)
                if not absent:
                    picks.append(
                        f"{_text(tried(column.expr), column)} as {ident('r_' + column.name)}"
                    )
                elif column.required and column.default is None:
                    raise self._missing(absent, f"column '{column.name}'")
                else:
                    missing += absent
                continue
            places = [p for source in column.sources if (p := self._place(source)) is not None]
            if places:
                texts = [f"nullif({place}::varchar, '')" for place in places[:-1]]
                value = f"coalesce({', '.join([*texts, places[-1] + '::varchar'])})"
                picks.append(f"{_text(value, column)} as {ident('r_' + column.name)}")
            elif column.required and column.sources and column.default is None:
                raise self._missing([column.sources[0]], f"column '{column.name}'")
        if missing:
            shown = ", ".join(sorted(set(missing)))
            self.table.warnings.append(f"columns that expressions name are not there: {shown}")
        order = "" if ordered else f" order by {self._order()}"
        result = self._query(f"select {', '.join(picks)} from raw_rows_in{order}")
        for column in self.contract.columns:
            value = "r_" + column.name
            if column.expr is not None and value in result.column_names:
                self._find_unread(column.name, column.expr, result, value)
        return result


def _rows(data: pa.Table, contract: Contract) -> int:
    """How many rows of the file a table holds."""
    return int(pc.count_distinct(data["_row_no"]).as_py()) if contract.derives else data.num_rows


def _more(items: list[str]) -> str:
    return "".join(f", {item}" for item in items)


def _field(step: Split, part: str, place: int) -> str:
    """One field of a part."""
    name = step.fields[place]
    if step.between == "json":
        return f"json_extract_string({part}, {quoted('$.' + name)})"
    pieces = f"string_split({part}, {quoted(step.between)})"
    if step.pair is None:
        return f"trim({pieces}[{place + 1}])"
    start = quoted(name + step.pair)
    found = f"list_filter({pieces}, lambda _p: starts_with(ltrim(_p), {start}))[1]"
    return f"trim(substr(ltrim({found}), {len(name + step.pair) + 1}))"


def _text(value: str, column: Column) -> str:
    """The raw text of a column, with its own decimal mark, factor and date formats taken in."""
    text = f"({value})::varchar"
    if column.decimal == ",":
        text = f"translate({text}, '.,', ',.')"
    if column.times is not None:
        number = f"as_number(trim({text}))"
        text = f"coalesce(cast({number} * {column.times} as varchar), {text})"
    if column.formats:
        listed = ", ".join(map(quoted, column.formats))
        moment = f"try_strptime(trim({text}), [{listed}])"
        text = f"coalesce(strftime({moment}, '%Y-%m-%d %H:%M:%S'), {text})"
    return text
