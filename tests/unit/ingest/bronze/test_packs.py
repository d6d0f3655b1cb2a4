"""Packs are read in place of the small files they hold, and only where they say the same."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest import outcomes
from ingest.bronze import packs
from ingest.contract import load_all
from ingest.erase import person
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

FEED = "pos_receipt_line"
ROWS = f"select * exclude (_batch) from bronze.{FEED} order by all"


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "ENOUGH", 4)


def _land(shop: Shop, stores: range, qty: int = 1) -> None:
    for store in stores:
        line = f"S{store},2026-10-31,1,1,690,{qty},10\n"
        shop.land(f"pos/{FEED}_delta_20261031_S{store}.csv", RECEIPT_LINES + line)
    shop.ingest()


def _read(shop: Shop) -> list[Path]:
    """The files that the feed's view reads."""
    names = [str(o.bronze_path) for o in outcomes.read_all(shop.home) if o.status == "loaded"]
    return packs.in_place(shop.home, FEED, names)


def test_small_files_are_read_from_packs_and_say_the_same(shop: Shop) -> None:
    _land(shop, range(3))
    loose = shop.rows(ROWS)
    assert len(_read(shop)) == len(loose) == 3
    _land(shop, range(3, 6))
    with_pack = shop.rows(ROWS)
    (pack,) = _read(shop)
    assert pack.parent == packs.folder(shop.home) / FEED
    packs.clear(shop.home)
    assert len(_read(shop)) == 6
    assert shop.rows(ROWS) == with_pack and set(loose) < set(with_pack)
    _land(shop, range(6, 7))
    assert len(shop.rows(ROWS)) == 7 and len(_read(shop)) == 2  # the pack stays, one file is loose


def test_types_and_columns_are_those_of_the_files(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _land(shop, range(4))
    described = "select column_name, column_type from (describe bronze.pos_receipt_line)"
    packed = shop.rows(described)
    assert len(_read(shop)) == 1
    packs.clear(shop.home)
    monkeypatch.setattr(packs, "ENOUGH", 99)
    assert shop.rows(described) == packed


def test_a_held_file_is_not_read_from_its_pack(shop: Shop) -> None:
    _land(shop, range(5))
    shop.rows(ROWS)
    (held, *_) = outcomes.read_all(shop.home)
    outcomes.set_held(shop.home, [held.file_id], "volume")
    assert held.file_id not in str(shop.rows(ROWS)) and len(shop.rows(ROWS)) == 4
    assert len(_read(shop)) == 4
    outcomes.release(shop.home, [held.file_id])
    assert held.file_id in str(shop.rows(ROWS)) and len(_read(shop)) == 1


def test_a_changed_file_ends_its_pack(shop: Shop) -> None:
    _land(shop, range(4))
    shop.rows(ROWS)
    (pack,) = _read(shop)
    first = outcomes.read_all(shop.home)[0]
    path = shop.home.root / str(first.bronze_path)
    rows = pq.read_table(path)
    at = rows.schema.get_field_index("qty")
    pq.write_table(rows.set_column(at, rows.schema.field(at), [[7]]), path)
    assert sorted(qty for (qty,) in shop.rows(f"select qty from bronze.{FEED}")) == [1, 1, 1, 7]
    assert not pack.exists() and len(_read(shop)) == 1
    path.unlink()
    outcomes.set_held(shop.home, [first.file_id], "lost")
    assert len(shop.rows(ROWS)) == 3


def test_whoever_is_erased_is_in_no_pack(shop: Shop) -> None:
    contracts = load_all()
    header = RECEIPT_LINES.strip() + ",会员卡号\n"
    for store in range(4):
        line = f"S{store},2026-10-31,1,1,690,1,10,M{store}\n"
        shop.land(f"pos/{FEED}_delta_20261031_S{store}.csv", header + line)
    shop.ingest()
    assert "'M2'" in str(shop.rows(ROWS))
    (pack,) = _read(shop)
    person.erase(shop.home, contracts, member="M2")
    assert not pack.exists()
    assert "'M2'" not in str(shop.rows(ROWS)) and len(_read(shop)) == 1


def test_an_unfinished_pack_is_not_read(shop: Shop) -> None:
    _land(shop, range(2))
    draft = packs.folder(shop.home) / FEED / "0.tmp"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(b"half a pack")
    assert len(shop.rows(ROWS)) == 2
    assert not draft.exists()


def test_a_pack_that_a_power_failure_cut_is_not_read_and_goes(shop: Shop) -> None:
    _land(shop, range(4))
    expected = shop.rows(ROWS)
    (pack,) = _read(shop)
    pack.write_bytes(pack.read_bytes()[:-100])
    assert len(_read(shop)) == 4
    assert shop.rows(ROWS) == expected and len(_read(shop)) == 1
