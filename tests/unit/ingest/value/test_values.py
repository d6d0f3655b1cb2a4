"""Texts are read once each: what a row gets must not depend on its neighbours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.arrive import landing
from ingest.bronze import bulk
from ingest.contract import load_all
from ingest.personal import keys, normalise
from ingest.read.delimited import sound_quotes
from ingest.read.encoding import _is_utf8
from ingest.read.table import Hints
from ingest.value import protect, values, values_sql
from ingest.value.accept import Engine
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

LINES = {contract.name: contract for contract in load_all()}["pos_receipt_line"]
DAYS = [
    "2026-10-31",
    "20261031",
    "2026年10月31日",
    "31/10/2026",
    "10/11/2026",
    "-",
    " ",
    "2101-01-01",
]
MOMENTS = ["2026-10-31 18:05:09", "2026-10-31 18:05", "2026-02-30 18:05:09", "1900-01-01 00:00:00",
           "20261031 180509", "1989-10-31 18:05:09", ""]  # fmt: skip
AMOUNTS = [
    "12.50",
    "1,299.00",
    "¥12",
    "12,34",
    "(5.00)",
    "1.5e3",
    "无",
    "",
    " 7 ",
    "99999999999999999",
]
CODES = ["6901", '="6901"', "6901.0", "1.93E+15", "'6901", " 6901", "\u30006901", "NULL", "", "甲"]

cells = st.fixed_dictionaries(
    {
        "r_store_code": st.sampled_from(CODES),
        "r_biz_date": st.sampled_from(DAYS),
        "r_receipt_no": st.sampled_from(CODES),
        "r_line_no": st.sampled_from(["1", "2.0", "x", ""]),
        "r_qty": st.sampled_from(["1", "-1", "1.5", "2件", ""]),
        "r_sale_amt": st.sampled_from(AMOUNTS),
        "r_is_gift": st.sampled_from(["是", "否", " 是", "maybe", ""]),
        "r_uploaded_at": st.sampled_from(MOMENTS),
    }
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    os.environ["BAOKUAN_CONFIG"] = str(tmp_path_factory.mktemp("config"))
    return Engine(threads=1)


def read(engine: Engine, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    data = pa.Table.from_pylist([{"_row_no": n, **row} for n, row in enumerate(rows)])
    kept, noted = engine.type_rows(LINES, [(data, None)], Hints())
    found = [{**row, "kept": True} for row in kept.to_pylist()]
    found += [{**row, "kept": False} for row in noted.to_pylist()]
    return sorted(found, key=lambda row: (row["_row_no"], row["kept"]))


@settings(max_examples=40, deadline=None)
@given(st.lists(cells, min_size=1, max_size=12))
def test_a_row_is_read_alike_whatever_stands_beside_it(
    engine: Engine, rows: list[dict[str, str]]
) -> None:
    places = ("_i", "_row_no", "_f")
    together = read(engine, rows)
    for number, row in enumerate(rows):
        mine = [found for found in together if found["_row_no"] == number]
        alone = read(engine, [row])
        for one, other in zip(mine, alone, strict=True):
            assert {k: v for k, v in one.items() if k not in places} == {
                k: v for k, v in other.items() if k not in places
            }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(MOMENTS[:4]), min_size=1, max_size=4))
def test_plain_times_are_what_the_grammar_reads(engine: Engine, texts: list[str]) -> None:
    column = LINES.column("uploaded_at")
    quick = values._plain_times(pa.chunked_array([texts]))
    told = values.Values(engine.con)._ask(
        values_sql.statements(column, LINES.zone, Hints()), pa.array(texts)
    )
    if quick is not None:
        assert quick["v"].to_pylist() == told["v"].to_pylist()
        assert not any(told["b"].to_pylist())
    assert (quick is not None) == (set(texts) == {MOMENTS[0]})


TEXTS = ["6901230000001", "19900000000", "S012", "N/A", "", " 6901", '="6901"', "6901.0", "a@b.cn",
         "款", "电话19900000000联系", "\u30006901"]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["barcode", "promo_code", "style_code"]), st.lists(st.sampled_from(TEXTS)))
def test_plain_texts_are_what_the_statement_reads(
    engine: Engine, name: str, texts: list[str]
) -> None:
    column, cells = LINES.column(name), pa.array(texts, pa.string())
    hints = values._ruled_out(cells, Hints(may_mail=any("@" in text for text in texts)))
    quick = values._plain_texts(cells, column, hints)
    told = values.Values(engine.con)._ask(values_sql.statements(column, LINES.zone, Hints()), cells)
    if quick is not None:
        assert quick.to_pydict() == told.to_pydict()
    if texts and set(texts) <= {"S012", "款"}:
        assert quick is not None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["a1", "B", "", " a1", "é", "N/A", "-", None]), max_size=5))
def test_plain_accounts_are_hashed_as_others(texts: list[str | None]) -> None:
    key = keys.Key(b"1" * 32)
    column = next(
        c for one in load_all() for c in one.columns if c.personal == "account" and not c.nulls
    )
    hashed, _ = protect._hashed(pa.chunked_array([pa.array(texts, pa.string())]), column, key)
    wanted = [
        None if (text or "").strip() in ("", "N/A", "-")
        else keys.hashed(key, "account", normalise.account(str(text)))
        for text in texts
    ]  # fmt: skip
    assert hashed.to_pylist() == wanted


@given(st.lists(st.sampled_from(["a", "é", "款", "😀"]).map(str.encode) | st.binary(max_size=3)))
def test_utf8_is_what_python_says_it_is(parts: list[bytes]) -> None:
    content = b"".join(parts)
    try:
        content.decode()
        expected = True
    except UnicodeDecodeError:
        expected = False
    assert _is_utf8(content) == expected


@pytest.mark.parametrize(
    ("line", "sound"),
    [(b'"a",b\n', True), (b'"","x"\n', True), (b'"a""b",c\n', True), (b'a"b,c"\n', False),
     (b'"a"b,c\n', False), (b'"a,b\n', False), (b'"""a""",b\n', True), (b'"a" ,b\n', False)],
)  # fmt: skip
def test_quotes_are_sound_only_at_the_edges_of_cells(line: bytes, sound: bool) -> None:
    assert sound_quotes(line, ",") == sound


def test_a_large_known_file_is_told_by_its_original(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = RECEIPT_LINES + "".join(f"S001,2026-10-31,R{n},1,690{n},1,9.00\n" for n in range(300))
    name = "pos/pos_receipt_line_delta_20261031_S001.csv"
    monkeypatch.setattr(bulk, "LARGE", 1)
    shop.land(name, content)
    first = shop.one()
    hashed: list[Path] = []
    whole = landing.content_hash

    def told(path: Path) -> str:
        hashed.append(path)
        return whole(path)

    monkeypatch.setattr(landing, "content_hash", told)
    shop.land(name, content)
    again = shop.one()
    assert (again.status, again.duplicate_of, hashed) == ("duplicate", first.file_id, [])
    shop.land(name, content.replace("R299", "R300"))
    assert shop.one().status == "loaded"
    assert len(hashed) == 1
