"""JSON lines that are alike go another way than odd ones: both must read the same cells."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from ingest.contract import Contract, load_all
from ingest.read import encoding, lines

FULL: dict[str, Any] = {
    "事件ID": "e1", "时间": "2026-10-31T10:00:00.000Z", "匿名ID": "a", "用户ID": None,
    "事件": "pdp_view", "平台": "miniapp", "SPU": "Q1", "颜色": "21", "数量": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def contract() -> Contract:
    return next(one for one in load_all() if one.name == "ec_event")


def _line(**changed: Any) -> str:
    return json.dumps(FULL | changed, ensure_ascii=False)


SERIES = {
    "alike": [_line(), _line(事件ID="e2", 数量=1), _line(事件ID="e3", 用户ID='引号" \\ \t 反')],
    "a number late": [_line()] * 900 + [_line(数量=12)],
    "numbers and texts": [_line(数量=1), _line(数量="2件")],
    "fractions keep their digits": [_line(), _line(数量=1.50).replace("1.5", "1.50")],
    "large numbers": [_line(数量=12345678901234567890)],
    "true and false": [_line(数量=True)],
    "nested": [_line(匿名ID={"a": 1})],
    "names that come later": [_line(), _line(新="x")],
    "names that are missing": [_line(), '{"事件ID": "e2", "时间": "2026-10-31T10:00:00.000Z"}'],
    "names in another order": [_line(), json.dumps(dict(reversed(FULL.items())))],
    "blanks around": [_line().replace('": ', '"  : '), " " + _line() + " "],
    "escapes": [json.dumps(FULL | {"匿名ID": "é😀"})],
}


@pytest.mark.parametrize("name", SERIES)
def test_alike_lines_are_read_as_odd_ones(contract: Contract, name: str) -> None:
    texts = SERIES[name]
    with duckdb.connect() as con:
        read = [
            lines.read_block(con, encoding.block(text.encode(), "utf-8"), contract)
            for text in ("\n".join(texts) + "\n", "\n".join([*texts, "[1]"]) + "\n")
        ]
    assert read[0].data.to_pydict() == read[1].data.to_pydict()
    assert (read[0].rows_in_file, len(read[0].bad)) == (len(texts), 0)
    assert [bad.row_no for bad in read[1].bad] == [len(texts) + 1]
    assert read[0].warnings == read[1].warnings


def test_two_objects_on_a_line_and_none_on_the_next_are_not_two_rows(contract: Contract) -> None:
    data = f"{_line()}\n{_line()}{_line()}\n\n".encode()
    with duckdb.connect() as con:
        read = lines.read_block(con, encoding.block(data, "utf-8"), contract)
    assert read.data.num_rows == 1
    assert [bad.row_no for bad in read.bad] == [2]
    assert read.skipped["blank"] == 1


def test_a_line_that_is_no_json_is_told_whatever_its_characters(contract: Contract) -> None:
    text = "\n".join([_line(), *("汉" * n + "字" * 200 for n in range(1, 8))]) + "\n"
    with duckdb.connect() as con:
        read = lines.read_block(con, encoding.block(text.encode(), "utf-8"), contract)
    assert read.data.num_rows == 1 and len(read.bad) == 7
