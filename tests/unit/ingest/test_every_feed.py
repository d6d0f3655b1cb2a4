"""Every built-in feed loads an export with Chinese headers and one with its own column names."""

from __future__ import annotations

import csv
import io
import json

import duckdb

from ingest.bronze import views
from ingest.contract import Column, Contract, load_all
from tests.unit.ingest.conftest import Shop

CANONICAL = [contract for contract in load_all() if contract.source is None]
VALUES = {
    "text": "甲1", "integer": "1,203件", "decimal": "12.5%", "money": "¥1,299.50元",
    "date": "2026年10月1日", "timestamp": "2026/10/1 8:30", "boolean": "是",
}  # fmt: skip
PERSONAL = {"phone": "138 0013 8000", "email": "Someone@Example.com", "birthday": "1990-05-06"}


def value(column: Column) -> str:
    if column.map:
        return next(iter(column.map))
    if column.pattern:
        return "202610"
    if column.range and column.range[1]:
        return str(column.range[1])
    return PERSONAL.get(column.personal or "", VALUES[column.type])


def sample(contract: Contract, place: int) -> tuple[str, str]:
    """(file name, content) with the header alias at ``place``."""
    cells = {column.sources[place]: value(column) for column in contract.columns}
    system = contract.path.split("/")[0]
    name = f"{system}/{contract.feed}_delta_20261031_{place % 2}"
    if contract.format.type == "jsonl":
        return f"{name}.jsonl", json.dumps(cells, ensure_ascii=False) + "\n"
    text = io.StringIO()
    csv.writer(text).writerows([cells.keys(), cells.values()])
    return f"{name}.csv", text.getvalue()


def test_every_feed_loads_with_chinese_and_with_canonical_headers(shop: Shop) -> None:
    for contract in CANONICAL:
        for place in (0, -1):
            name, content = sample(contract, place)
            shop.land(name, content, "gb18030" if place == 0 else "utf-8")
    done = shop.ingest()
    assert len([o for o in done if o.status != "duplicate"]) == 2 * len(CANONICAL)
    for outcome in done:
        assert (outcome.status, outcome.rows_kept) == ("loaded", 1), (outcome.source, outcome)
        assert not outcome.values_rejected, outcome.source
    with duckdb.connect(":memory:") as con:
        views.register(shop.home, con)
        for contract in CANONICAL:
            names = [name for name, _ in contract.outputs]
            counts = ", ".join(f'count("{name}")' for name in names)
            found = con.execute(f"select {counts} from bronze.{contract.feed}").fetchone()
            assert dict(zip(names, found or (), strict=True)) == dict.fromkeys(names, 2)


def test_canonical_names_are_the_last_alias() -> None:
    for contract in CANONICAL:
        for column in contract.columns:
            assert column.name in column.sources, f"{contract.feed}.{column.name}"
