"""What reaches the disk, in which order, and when an original leaves landing/."""

from __future__ import annotations

from pathlib import Path

import pytest

from baokuan.home import Home
from ingest import outcomes
from ingest.arrive import landing
from ingest.arrive.landing import Landed
from tests.unit.conftest import Syncs
from tests.unit.ingest.conftest import RECEIPT_LINES, Shop

LINES = "pos/pos_receipt_line_delta_20261031_S1.csv"
EMPTY = "pos/pos_receipt_line_delta_20261031_S2.csv"
AGAIN = "pos/pos_receipt_line_delta_20261031_S3.csv"


def test_outcomes_of_every_kind_reach_the_disk_before_their_originals_move(
    shop: Shop, syncs: Syncs, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: dict[str, set[str]] = {}
    archive = landing.archive

    def watched(home: Home, landed: Landed, digest: str) -> None:
        moved[landed.relative] = syncs.names
        archive(home, landed, digest)

    monkeypatch.setattr(landing, "archive", watched)
    shop.land(LINES, RECEIPT_LINES + "S1,2026-10-31,1,1,690,1,10\n")
    shop.land(EMPTY, RECEIPT_LINES)
    shop.land(AGAIN, RECEIPT_LINES + "S1,2026-10-31,1,1,690,1,10\n")
    done = shop.ingest()
    assert sorted(o.status for o in done) == ["duplicate", "empty", "loaded"]
    for outcome in done:
        assert f"{outcome.file_id}.json" in moved[outcome.source]
        assert outcome.bronze_path is None or Path(outcome.bronze_path).name in moved[LINES]
    names = [path.name for path in syncs.paths]
    (loaded,) = [o for o in done if o.status == "loaded"]
    assert names.index(f"{loaded.file_id}.parquet") < names.index(f"{loaded.file_id}.json")


def test_a_kill_before_the_move_is_made_good_by_the_move(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.land(EMPTY, RECEIPT_LINES)

    def killed(home: Home, landed: Landed, digest: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(landing, "archive", killed)
        with pytest.raises(KeyboardInterrupt):
            shop.ingest()
    assert (shop.home.landing / EMPTY).exists()
    assert shop.ingest() == []
    assert not (shop.home.landing / EMPTY).exists()
    assert [o.status for o in outcomes.read_all(shop.home)] == ["empty"]


def test_a_file_leaves_though_it_is_not_of_every_feed_that_asks_for_it(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    for source, header in (("a", "店仓代码"), ("b", "门店")):
        (folder / f"{source}.yml").write_text(
            f"feed: pos_receipt_line\nsource: {source}\n"
            f"match: {{path: '{LINES}', header_has: [{header}]}}\ncolumns:\n"
            + "".join(
                f"  {name}: {{from: [{alias}]}}\n"
                for name, alias in (
                    ("store_code", "店仓代码"), ("biz_date", "业务日"), ("receipt_no", "小票号"),
                    ("line_no", "行号"), ("barcode", "条码"), ("qty", "数量"),
                    ("sale_amt", "成交额"),
                )
            )
        )  # fmt: skip
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(folder))
    shop.land(LINES, RECEIPT_LINES)  # of the first one, and empty: committed before the second
    done = shop.ingest()
    assert [(o.contract, o.status) for o in done if o.contract != "pos_receipt_line"] == [
        ("a/pos_receipt_line", "empty")
    ]
    assert not (shop.home.landing / LINES).exists()
