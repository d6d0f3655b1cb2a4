"""Replaces phones, accounts and e-mail addresses by keyed hashes before SQL sees a row.

Belongs here: hashing of whole columns, each distinct value once. Normalisers live in
``normalise``, the key in ``keys``; text that may hold personal data is masked later.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.contract import grammar
from ingest.contract.model import HASHED, Column, Contract
from ingest.personal import keys, normalise


def columns(data: pa.Table, contract: Contract, key: bytes) -> pa.Table:
    """The table with every phone, account and e-mail column hashed.

    A phone column ``r_x`` also gets ``p_x``: 'masked' or 'invalid' where there is no hash.
    """
    for column in contract.columns:
        name = f"r_{column.name}"
        if column.personal not in HASHED or name not in data.column_names:
            continue
        hashed, states = _hashed(data[name], column, key)
        data = data.set_column(data.column_names.index(name), name, hashed)
        if column.personal == "phone":
            data = data.append_column(f"p_{column.name}", states)
    return data


def _hashed(
    values: pa.ChunkedArray, column: Column, key: bytes
) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    coded = values.combine_chunks().dictionary_encode()
    nothing = {*grammar.NULL_TEXTS, *grammar.NULL_MARKS, *column.nulls}
    if column.personal == "account":
        told = _plain_accounts(coded.dictionary, nothing, key)
        if told is not None:
            nobody = pa.nulls(len(values), pa.string())
            return pa.chunked_array([told.take(coded.indices)]), pa.chunked_array([nobody])
    hash_of = keys.hasher(key, str(column.personal))
    hashes: list[str | None] = []
    states: list[str | None] = []
    for value in coded.dictionary.to_pylist():
        text = (value or "").strip(grammar.SPACES)
        state = None
        if not text or text in nothing:
            hashes.append(None)
        elif column.personal == "account":
            hashes.append(hash_of(normalise.account(text)))
        elif column.personal == "email":
            mail = normalise.email(text)
            hashes.append(None if mail is None else hash_of(mail))
        else:
            phone = normalise.phone(text)
            state = phone if phone in (normalise.MASKED, normalise.INVALID) else None
            hashes.append(None if state else hash_of(phone))
        states.append(state)
    places = coded.indices
    return (
        pa.chunked_array([pc.take(pa.array(hashes, pa.string()), places)]),
        pa.chunked_array([pc.take(pa.array(states, pa.string()), places)]),
    )


def _plain_accounts(texts: pa.Array, nothing: set[str], key: bytes) -> pa.Array | None:
    """Hashes of accounts that are all visible ASCII, so that nothing is left to normalise; None if
    some are not. Event feeds bring them by the million."""
    _, ends, data = texts.buffers()
    if getattr(key, "later", ()) or data is None or not len(texts) or texts.null_count:
        return None
    bounds = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    codes = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    is_plain = len(codes) and codes.min() > ord(" ") and codes.max() < 0x7F
    if not is_plain or (np.diff(bounds) == 0).any():
        return None
    if pc.any(pc.is_in(texts, pa.array(sorted(nothing), pa.string()))).as_py():
        return None
    row = keys.hashed_row(key, "account", texts.cast(pa.binary()).to_pylist())
    places = np.arange(len(texts) + 1, dtype=np.int32) * keys.LENGTH
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(places), pa.py_buffer(row))
