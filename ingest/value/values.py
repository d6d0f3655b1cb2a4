"""Raw text columns into values, each different text read once.

Belongs here: finding the different texts of a column, asking DuckDB about those not met before,
and spreading what they mean over the rows. What a text means is ``values_sql``'s.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract import grammar
from ingest.contract.model import HASHED, Column, Contract
from ingest.read.table import Hints
from ingest.value import values_sql

SAMPLE = 16_384  # rows by which a column is judged
DIFFERENT = 0.9  # share of different texts from which a column is read row by row
MANY = 20_000  # more texts of one column than this are not remembered
REMEMBERED = 100_000  # texts of one kind of column
# Bytes with which white space starts or ends, full-width and zero-width blanks too.
BLANK = np.isin(np.arange(256), [*range(33), 0xC2, 0xE2, 0xE3, 0xEF, 0x80, 0x8B, 0xA0, 0xBF])

NOTHING = pa.array(grammar.NULL_TEXTS)
WRAPS = (b".", b"+", b"=", b'"', b"'", b"`")  # without these a code is as it was


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
    texts: pa.Array | pa.ChunkedArray
    places: pa.Array | None  # None: row by row
    meaning: pa.Table | None = None


class Values:
    """Reads columns over one connection, and remembers what it has been told."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self.statements: dict[tuple[str, str, Hints], tuple[str, str | None]] = {}
        self.by_row: dict[tuple[str, str], bool] = {}
        self.known: dict[str, tuple[pa.Array, pa.Table]] = {}

    def of(
        self, contract: Contract, rows: pa.Table, hints: Hints, coded: bool
    ) -> dict[str, Meaning]:
        """Column → its values, for each column but ordinals. ``rows`` has the text ``r_<name>``.

        Text comes as dictionaries where ``coded`` and its texts repeat.
        """
        asked = [c for c in contract.columns if c.ordinal is None]
        hashed = {c.name: Meaning(rows[f"r_{c.name}"]) for c in asked if _is_hashed(c, rows)}
        found = {
            c.name: self._texts(contract, c, rows, hints) for c in asked if c.name not in hashed
        }
        open_ = [one for one in found.values() if one.meaning is None]
        self._learn([o for o in open_ if o.places is not None and len(o.texts) <= MANY])
        for one in found.values():
            if one.meaning is None:
                one.meaning = self._ask(one.statements, one.texts)
        return hashed | {name: _spread(one, coded) for name, one in found.items()}

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
        if self._hardly_repeats(contract, column, raw):
            hints = _ruled_out(raw, hints)
            meaning = None
            if values_sql.is_local_time(column, contract.zone):
                meaning = _plain_times(raw)
            elif values_sql.is_plain_text(column):
                meaning = _plain_texts(raw, column, hints)
            return _Texts(self._statements(contract, column, hints), raw, None, meaning)
        places = raw.dictionary_encode().combine_chunks()
        texts = places.dictionary
        is_large = len(texts) > MANY  # else one statement for all kinds of files
        hints = _ruled_out(texts, hints) if is_large else Hints()
        statements = self._statements(contract, column, hints)
        meaning = None
        if is_large and values_sql.is_local_time(column, contract.zone):
            meaning = _plain_times(texts)
        elif is_large and values_sql.is_plain_text(column):
            meaning = _plain_texts(texts, column, hints)
        return _Texts(statements, texts, places.indices, meaning)

    def _hardly_repeats(self, contract: Contract, column: Column, raw: pa.ChunkedArray) -> bool:
        """Is a column better read row by row? Judged by the first file that is large enough."""
        key = (contract.name, column.name)
        if key not in self.by_row:
            if len(raw) < SAMPLE:
                return False
            different = pc.count_distinct(raw.slice(0, SAMPLE)).as_py()
            self.by_row[key] = different > DIFFERENT * SAMPLE
        return self.by_row[key]

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
            places = pc.index_in(asked, texts)
            if places.null_count or meaning is None:
                is_new = pc.is_null(places)
                new = asked.filter(is_new).dictionary_encode()
                told = self._ask(some[0].statements, new.dictionary)
                added = pc.add(new.indices, pa.scalar(len(texts), pa.int32()))
                places = pc.replace_with_mask(places, is_new, added)
                meaning = told if meaning is None else pa.concat_tables([meaning, told])
                meaning = meaning.combine_chunks()
                texts = pa.concat_arrays([texts, new.dictionary])
                if len(texts) <= REMEMBERED:
                    self.known[kind] = texts, meaning
            start = 0
            for one in some:
                one.meaning = meaning.take(places.slice(start, len(one.texts)))
                start += len(one.texts)

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


def _is_hashed(column: Column, rows: pa.Table) -> bool:
    """Is a column what hashing made of it, so that nothing is left to be read?"""
    declared = column.range or column.map or column.pattern or column.const is not None
    return column.personal in HASHED and not declared and f"r_{column.name}" in rows.column_names


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


def _ruled_out(texts: pa.Array | pa.ChunkedArray, hints: Hints) -> Hints:
    """What these texts of a column rule out, beyond what their file does."""
    trim = wrap = False
    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        _, ends, data = chunk.buffers()
        if chunk.type != pa.string() or ends is None or data is None:
            return hints
        bounds = np.frombuffer(ends, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        codes = np.frombuffer(data, np.uint8)
        some = bounds[1:] > bounds[:-1]
        starts, lasts = bounds[:-1][some], bounds[1:][some] - 1
        trim = trim or bool(BLANK[codes[starts]].any() or BLANK[codes[lasts]].any())
        content = codes[bounds[0] : bounds[-1]].tobytes()
        wrap = wrap or any(sign in content for sign in WRAPS)
    return Hints(hints.may_trim and trim, hints.may_mail, hints.may_wrap and wrap)


def _plain_texts(
    texts: pa.Array | pa.ChunkedArray, column: Column, hints: Hints
) -> pa.Table | None:
    """What texts mean that are their own value: none has a blank at its edge, a sign of Excel or
    the length of something personal, none stands for nothing. None if that is not sure."""
    declared = column.range or column.pattern or column.nulls or column.open_end
    wrapped = column.id and hints.may_wrap
    if declared or hints.may_trim or wrapped or texts.null_count or not len(texts):
        return None
    sizes = pc.binary_length(texts)
    least, most = (size.as_py() for size in pc.min_max(sizes).values())
    if values_sql.is_scanned(column):
        phones = column.id and pc.any(pc.equal(sizes, values_sql.PHONE_DIGITS)).as_py()
        free = not column.id and (hints.may_mail or most > values_sql.HARMLESS)
        if phones or free:
            return None
    if not least or pc.any(pc.is_in(texts, NOTHING)).as_py():
        return None
    nothing = pa.nulls(len(texts), pa.string())
    return pa.table({"v": texts, "b": pa.repeat(False, len(texts)), "m": nothing, "w": nothing})


def _plain_times(texts: pa.Array | pa.ChunkedArray) -> pa.Table | None:
    """What texts mean that are all like 2026-10-31 18:05:09; None if some are not.

    Arrow reads these many times faster than the grammar does, and nothing else of 19 characters.
    """
    shortest, longest = pc.min_max(pc.binary_length(texts)).values()
    if texts.null_count or shortest.as_py() != 19 or longest.as_py() != 19:
        return None
    try:
        times = texts.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    first, last = (str(moment)[:10] for moment in pc.min_max(times).values())
    low, high = values_sql.PLAUSIBLE["timestamp"]
    if not low <= first <= last <= high:
        return None
    nothing = pa.nulls(len(times), pa.string())
    return pa.table({"v": times, "b": pa.repeat(False, len(times)), "m": nothing, "w": nothing})
