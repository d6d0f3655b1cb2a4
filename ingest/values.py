"""Raw text columns into values, each different text read once.

Belongs here: finding the different texts of a column, asking DuckDB about those not met before,
and spreading what they mean over the rows. What a text means is ``values_sql``'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingest import values_sql
from ingest.contracts.model import Column, Contract
from ingest.read.table import Hints

SAMPLE = 16_384  # rows by which a column is judged
DIFFERENT = 0.9  # share of different texts from which a column is read row by row
MANY = 20_000  # more texts of one column than this are not remembered
REMEMBERED = 100_000  # texts of one kind of column


@dataclass(frozen=True)
class Meaning:
    """A column's values by row; ``b``, ``m`` and ``w`` (see ``values_sql``) only where some are."""

    v: pa.Array
    b: pa.Array | None = None
    m: pa.Array | None = None
    w: pa.Array | None = None


@dataclass
class _Texts:
    """A column on its way: its texts, their places in the rows, and what they mean."""

    statements: tuple[str, str | None]
    texts: pa.Array
    places: pa.Array | None  # None: row by row
    meaning: pa.Table | None = None


class Values:
    """Reads columns over one connection, and remembers what it has been told."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.statements: dict[tuple[str, str, Hints], tuple[str, str | None]] = {}
        self.known: dict[str, tuple[pa.Array, pa.Table]] = {}

    def of(
        self, contract: Contract, rows: pa.Table, hints: Hints, coded: bool
    ) -> dict[str, Meaning]:
        """Column → its values, for each column but ordinals. ``rows`` has the text ``r_<name>``.

        Text comes as dictionaries where ``coded`` and its texts repeat.
        """
        found = {
            c.name: self._texts(contract, c, rows, hints)
            for c in contract.columns
            if c.ordinal is None
        }
        self._learn([o for o in found.values() if o.places is not None and len(o.texts) <= MANY])
        for one in found.values():
            if one.meaning is None:
                one.meaning = self._ask(one.statements, one.texts)
        return {name: _spread(one, coded) for name, one in found.items()}

    def _texts(self, contract: Contract, column: Column, rows: pa.Table, hints: Hints) -> _Texts:
        size = rows.num_rows
        if column.const is not None:
            statements = self._statements(contract, column, Hints())
            return _Texts(statements, pa.array([column.const]), pa.repeat(pa.scalar(0), size))
        name = f"r_{column.name}"
        if name not in rows.column_names or rows[name].null_count == size:
            statements = self._statements(contract, column, Hints())
            return _Texts(statements, pa.array([], pa.string()), pa.nulls(size, pa.int32()))
        raw = rows[name]
        sample = raw.slice(0, SAMPLE)
        if pc.count_distinct(sample).as_py() > DIFFERENT * SAMPLE:
            return _Texts(self._statements(contract, column, hints), raw, None)
        places = raw.dictionary_encode().combine_chunks()
        is_large = len(places.dictionary) > MANY  # else one statement for all kinds of files
        statements = self._statements(contract, column, hints if is_large else Hints())
        return _Texts(statements, places.dictionary, places.indices)

    def _statements(
        self, contract: Contract, column: Column, hints: Hints
    ) -> tuple[str, str | None]:
        key = (contract.name, column.name, hints)
        if key not in self.statements:
            self.statements[key] = values_sql.statements(column, contract.zone, hints)
        return self.statements[key]

    def _learn(self, columns: list[_Texts]) -> None:
        """The meaning of each column's texts; columns of one kind are asked about together."""
        kinds: dict[str, list[_Texts]] = {}
        for one in columns:
            kinds.setdefault("".join(map(str, one.statements)), []).append(one)
        for kind, some in kinds.items():
            texts, meaning = self.known.get(kind, (pa.array([], pa.string()), None))
            asked = some[0].texts if len(some) == 1 else pa.concat_arrays([o.texts for o in some])
            places = pc.index_in(asked, texts) if meaning is not None else None
            if places is None or places.null_count:
                if places is not None:
                    asked = asked.filter(pc.is_null(places))
                asked = asked.unique() if len(some) > 1 else asked
                told = self._ask(some[0].statements, asked)
                if meaning is not None:
                    asked = pa.concat_arrays([texts, asked])
                    told = pa.concat_tables([meaning, told]).combine_chunks()
                texts, meaning = asked, told
                if len(texts) <= REMEMBERED:
                    self.known[kind] = texts, meaning
            for one in some:
                is_all = len(some) == 1 and places is None
                one.meaning = meaning if is_all else meaning.take(pc.index_in(one.texts, texts))

    def _ask(self, statements: tuple[str, str | None], texts: pa.Array) -> pa.Table:
        quick, full = statements
        told = self._run(quick, texts)
        if full is not None and pc.any(told["b"]).as_py():
            bad = told["b"].combine_chunks()
            more = self._run(full, texts.filter(bad))
            told = pa.table(
                {
                    name: pc.replace_with_mask(
                        told[name].combine_chunks(), bad, more[name].combine_chunks()
                    )
                    for name in told.column_names
                }
            )
        return told

    def _run(self, statement: str, texts: pa.Array) -> pa.Table:
        self.con.register("texts", pa.table({"r": texts}))
        try:
            return self.con.execute(statement).to_arrow_table()
        finally:
            self.con.unregister("texts")


def _spread(one: _Texts, coded: bool) -> Meaning:
    """What the texts mean, row by row."""
    assert one.meaning is not None
    told = {name: one.meaning[name] for name in ("v", "b", "m", "w")}
    some = {
        "b": pc.any(told["b"]).as_py(),
        "m": told["m"].null_count < len(told["m"]),
        "w": told["w"].null_count < len(told["w"]),
    }
    if one.places is None:
        return Meaning(told["v"], *(told[name] if some[name] else None for name in "bmw"))
    places = one.places
    rest = [told[name].combine_chunks().take(places) if some[name] else None for name in "bmw"]
    value = told["v"].combine_chunks()
    if coded and pa.types.is_string(value.type):
        again = value.dictionary_encode()  # without what is nothing, and each text once
        value = pa.DictionaryArray.from_arrays(again.indices.take(places), again.dictionary)
    else:
        value = value.take(places)
    return Meaning(value, *rest)
