"""Fast and slow ways agree: Arrow and the reference reader, blocks and whole files."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.bronze import bulk
from ingest.contract import load_all
from ingest.read import delimited, encoding, stream
from ingest.read.table import BlockedError, Table
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

CONTRACT = next(contract for contract in load_all() if contract.name == "pos_staff")
HEADER = "工号,姓名,店仓,岗位\n"
cells = st.one_of(
    st.sampled_from(["", "a", "店长", "合计", "小计", " ", "x y", "1\u3000"]),
    st.sampled_from(['"q"', '"a,b"', '"a""b"', '"']),
    st.text(alphabet='ab,"\n 计\t', max_size=5),
)  # fmt: skip
lines = st.lists(st.lists(cells, min_size=1, max_size=6).map(",".join), max_size=12)


def found(table: Table) -> tuple[object, ...]:
    data = table.data.sort_by("_row_no").to_pydict()
    bad = sorted((row.row_no, row.reason) for row in table.bad)
    return (data, bad, table.skipped, table.rows_in_file)


@settings(max_examples=400, deadline=None)
@given(lines)
def test_the_fast_way_reads_what_the_reference_reads(body: list[str]) -> None:
    block = encoding.block((HEADER + "".join(line + "\n" for line in body)).encode(), "utf-8")
    reader = delimited.Reader(block, CONTRACT)
    fast = reader.read(block)
    reader._fast = lambda *args: None  # type: ignore[method-assign]
    slow = reader.read(block)
    assert found(fast) == found(slow)


def test_the_fast_way_is_taken_for_regular_lines_among_odd_ones() -> None:
    text = HEADER + "1,a,S1,x\n\n2,b,S1\n3,c,S1,x\n合计,,,2\n"
    block = encoding.block(text.encode(), "utf-8")
    reader = delimited.Reader(block, CONTRACT)
    reader._slow = None  # type: ignore[method-assign,assignment]
    table = reader.read(block)
    assert table.data["_row_no"].to_pylist() == [2, 5]
    assert table.skipped == {"title": 0, "total": 1, "blank": 1}
    assert [row.row_no for row in table.bad] == [4]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=lines, size=st.integers(20, 200), name=st.sampled_from(["utf-8", "gb18030", "utf-16-le"])
)
def test_blocks_are_whole_lines_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: list[str], size: int, name: str
) -> None:
    monkeypatch.setattr(stream, "BLOCK_BYTES", size + size % 2)
    text = HEADER + "".join(line.replace("\n", "") + "\n" for line in body)
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(name))
    blocks = list(stream.blocks(path, name))
    assert b"".join(block.data for block in blocks).decode() == text
    line = 1
    for block in blocks:
        assert block.first_line == line
        line += block.lines


@pytest.mark.parametrize("name", ["utf-8", "gb18030", "utf-16"])
def test_a_large_file_gives_the_same_bronze_as_a_small_one(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    rows = ["销售明细", "店仓代码,业务日,小票号,行号,条码,数量,成交额,赠品"]
    for i in range(3000):
        amount = f'"1,{i % 900 + 100}.00"' if i % 7 == 0 else f"{i}.50"
        day = "2026/10/3" if i % 11 == 0 else "2026-10-03"
        qty = "x" if i % 500 == 3 else str(i % 3)
        rows.append(f"S{i % 5},{day},单{i},1,690{i},{qty},{amount},否")
        if i % 700 == 0:
            rows += ["", "小计,,,,,9,9,", f"S1,2026-10-03,{i}"]
    content = ("\n".join(rows) + "\n").encode(name)
    path = "pos/pos_receipt_line_full_20261031_1.csv"
    shop.land(path, content)
    small = shop.one()
    columns = "* exclude (_file_id, _file_hash, _batch, _content_hash), _content_hash"
    expected = shop.rows(f"select {columns} from bronze.pos_receipt_line order by _row_no")
    other = Shop(tmp_path / "other")
    monkeypatch.setattr(bulk, "LARGE", 1)
    monkeypatch.setattr(stream, "BLOCK_BYTES", 20_000)
    other.land(path, content)
    large = other.one()
    assert other.rows(f"select {columns} from bronze.pos_receipt_line order by _row_no") == expected
    for field in ("rows_in_file", "rows_kept", "rows_quarantined", "rows_skipped",
                  "values_rejected", "encoding", "file_id", "warnings"):  # fmt: skip
        assert getattr(large, field) == getattr(small, field)
    assert other.quarantine(large) == shop.quarantine(small)


def test_a_large_json_lines_file_gives_the_same_bronze_as_a_small_one(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = '"时间":"2026-10-31T0{}:00:00Z","事件":"pdp_view","匿名ID":"a{}"'
    lines = [f'{{"事件ID":"e{i}",{fields.format(i % 10, i % 9)}}}' for i in range(800)]
    content = "\n".join([*lines, "{bad", "", *lines[:3]]).encode() + b"\n"
    path = "ec/ec_event_delta_20261031_1.jsonl"
    shop.land(path, content)
    small = shop.one()
    rows = "select * exclude (_batch) from bronze.ec_event order by _row_no"
    other = Shop(tmp_path / "other")
    monkeypatch.setattr(bulk, "LARGE", 1)
    monkeypatch.setattr(stream, "BLOCK_BYTES", 9_000)
    other.land(path, content)
    large = other.one()
    assert other.rows(rows) == shop.rows(rows)
    assert (large.rows_kept, large.rows_quarantined, large.rows_in_file) == (803, 1, 805)
    assert large.rows_skipped == small.rows_skipped


def test_a_large_file_that_is_cut_leaves_nothing_behind(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LARGE", 1)
    monkeypatch.setattr(stream, "BLOCK_BYTES", 1000)
    body = "".join(f"{i},n,S1,x\n" for i in range(500))
    shop.land("pos/pos_staff_full_20261031_1.csv", HEADER + body + "500,n")
    outcome = shop.one()
    assert (outcome.status, outcome.rows_in_file, outcome.rows_held) == ("blocked", 501, 501)
    assert not list(shop.home.bronze.rglob("*.parquet*"))


def test_columns_that_a_file_lacks_are_null() -> None:
    block = encoding.block("工号,店仓\n1,S1\n".encode(), "utf-8")
    table = delimited.read(block.data, CONTRACT)
    assert table.data.column_names == ["_row_no", "r_staff_code", "r_store_code"]
    assert table.data["r_staff_code"].type == pa.string()


@settings(max_examples=60, deadline=None)
@given(
    body=st.lists(
        st.sampled_from(
            [b"1,\xbc\xd7,S1,x", b"2,\xce\xd2\xa3\xc0,S2,\x81\x30\x81\x30", b"3,n,S3,\xff\x2c",
             b'4,"a,b",S4,', b"5,n,S5", b",,,", b"6,n,\x81,x", b"\xba\xcf\xbc\xc6,,,",
             b"7,n,S7,x\r"]
        ),
        max_size=8,
    )
)  # fmt: skip
def test_gb18030_cells_are_read_as_decoded_lines_are(body: list[bytes]) -> None:
    reader = delimited.Reader(encoding.block(HEADER.encode("gb18030"), "gb18030"), CONTRACT)
    data = b"".join(line + b"\n" for line in body)
    if data:
        coded = encoding.Coded(data, 2, "gb18030", 50)
        try:
            expected = reader.read(coded.block())
        except BlockedError:
            with pytest.raises(BlockedError):
                reader.read(coded)
            return
        table = reader.read(coded)
        assert found(table) == found(expected)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("other", ["成交额,条码,数量,小票号,业务日,行号,店仓代码", None])
def test_another_header_deep_in_a_large_file_blocks_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, encoding: str, other: str | None
) -> None:
    monkeypatch.setattr(bulk, "LARGE", 1)
    monkeypatch.setattr(stream, "BLOCK_BYTES", 20_000)
    rows = [f"门店{n % 7},2026-10-31,{n},1,690,1,10" for n in range(3_000)]
    if other:
        rows[2_000] = other
    text = RECEIPT_LINES + "\n".join(rows) + "\n"
    shop.land("pos/pos_receipt_line_delta_202610_1.csv", text.encode(encoding))
    outcome = shop.one()
    if other:
        assert outcome.status == "blocked"
        assert (
            outcome.reason == "row 2002 is the header of another table: its columns stand elsewhere"
        )
    else:
        assert (outcome.status, outcome.rows_kept) == ("loaded", 3_000)


def test_a_large_file_that_stops_within_a_character_is_blocked(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "LARGE", 1)
    text = "店仓代码,小票号,行号,条码,数量,成交额\nS1,1,1,690,1,10\n"
    shop.land("pos/pos_receipt_line_delta_20261031_S1.csv", text.encode("utf-16")[:-1])
    shop.ingest()
    outcome = shop.one()
    assert outcome.status == "blocked" and "cut or damaged" in outcome.reason
