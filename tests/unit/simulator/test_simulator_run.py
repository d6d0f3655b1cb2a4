"""Same seed, same files; a longer run agrees with a shorter one; holding back and releasing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from simulator.__main__ import generate, main, parse
from simulator.exports.files import Sink
from simulator.world.settings import Settings
from tests.unit.simulator.small_retailer import END, content

Truth = Callable[[str], pl.DataFrame]


def test_same_seed_gives_the_same_bytes(retailer: Settings, tmp_path: Path) -> None:
    again = replace(retailer, out=tmp_path / "landing", truth=tmp_path / "truth", config=None)
    generate(again, quiet=True)
    assert content(again.out) == content(retailer.out)
    for name in ("rows", "sale_lines", "return_lines", "stock_day", "launches"):
        first = pl.read_parquet(retailer.truth / f"{name}.parquet")
        assert first.equals(pl.read_parquet(again.truth / f"{name}.parquet"))


def test_another_seed_gives_another_retailer(retailer: Settings, tmp_path: Path) -> None:
    other = replace(retailer, out=tmp_path / "l", truth=tmp_path / "t", seed=8, config=None)
    generate(other, quiet=True)
    mine = pl.read_parquet(retailer.truth / "sale_lines.parquet")
    assert not mine.equals(pl.read_parquet(other.truth / "sale_lines.parquet"))


def test_history_stays_the_same_when_time_goes_on(
    retailer: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = replace(
        retailer, out=tmp_path / "landing", truth=tmp_path / "truth", days_after=5, config=None
    )
    monkeypatch.setattr(Sink, "wanted", lambda self, window: True)
    generate(longer, quiet=True)
    before, after = content(retailer.out), content(longer.out)
    assert {name for name in before if before[name] != after.get(name)} == set()


def test_days_after_write_only_new_days(later: Settings) -> None:
    names = list(content(later.out))
    assert names
    stamps = {name.rsplit("_", 2)[1] for name in names}
    assert stamps == {f"{END + timedelta(days=n):%Y%m%d}" for n in range(1, 6)}


def test_days_after_hold_the_planted_cases(later: Settings, retailer: Settings) -> None:
    """A 40-day-late return, a corrected receipt, a late store, a new store."""
    back = pl.read_parquet(later.truth / "return_lines.parquet")
    lag = (pl.col("post_date") - pl.col("sale_date")).dt.total_days()
    assert back.filter(pl.col("post_date") == date(2026, 11, 2), lag == 40).height >= 1

    first = pl.read_parquet(retailer.truth / "sale_lines.parquet")
    now = pl.read_parquet(later.truth / "sale_lines.parquet")
    both = first.join(now, on=["sale_key", "part"], suffix="_now")
    assert both.height == first.height
    changed = both.filter(pl.col("sale_amt") != pl.col("sale_amt_now"))
    assert changed.height >= 1
    assert set(changed["sale_date"]) <= {END - timedelta(days=n) for n in range(3)}

    rows = pl.read_parquet(later.truth / "rows.parquet")
    late = rows.filter(
        pl.col("feed") == "pos_receipt", pl.col("key").str.starts_with("S001|2026-11-01|")
    )
    assert set(late["file"]) == {"pos/pos_receipt_delta_20261103_S001.csv"}

    new = set(now["store_code"]) - set(first["store_code"])
    assert len(new) == 1
    opened = now.filter(pl.col("store_code").is_in(list(new)))["sale_date"].min()
    assert opened == date(2026, 11, 4)


def test_held_files_come_with_the_next_run(retailer: Settings, tmp_path: Path) -> None:
    held = replace(
        retailer, out=tmp_path / "l", truth=tmp_path / "t", holds=(("S002", END),), config=None
    )
    generate(held, quiet=True)
    name = "pos/pos_receipt_line_delta_20261031_S002.csv"
    assert not (held.out / name).exists()
    rows = pl.read_parquet(held.truth / "rows.parquet")
    assert set(rows.filter(pl.col("file") == name)["fate"]) == {"not_yet_sent"}
    sold = pl.read_parquet(held.truth / "sale_lines.parquet").filter(
        pl.col("store_code") == "S002", pl.col("sale_date") == END
    )
    assert set(sold["fate"]) == {"not_yet_sent"}

    generate(replace(held, holds=(), days_after=1), quiet=True)
    assert (held.out / name).read_bytes() == (retailer.out / name).read_bytes()


def test_bad_arguments_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for extra, word in (
        (["--months", "1"], "months"),
        (["--hold", "S001"], "STORE:DATE"),
        (["--days-after", "99"], "days-after"),
        (["--scale", "0"], "scale"),
    ):
        with pytest.raises(SystemExit):
            parse(["--out", "a", "--truth", "b", *extra])
        assert word in capsys.readouterr().err


def test_command_line_writes_the_retailers_lists(tmp_path: Path) -> None:
    out, truth, config = (str(tmp_path / n) for n in ("l", "t", "c"))
    options = ["--out", out, "--truth", truth, "--config", config, "--scale", "0.03"]
    assert main([*options, "--months", "2"]) == 0
    lists = pl.read_csv(tmp_path / "c" / "exclusions.csv", schema_overrides={"key": pl.String})
    assert set(lists["kind"]) == {"staff_member", "reseller_member"}
    people = pl.read_parquet(tmp_path / "t" / "people.parquet")
    staff = people.filter(pl.col("is_staff"))["member_no"]
    assert set(lists.filter(pl.col("kind") == "staff_member")["key"]) == set(staff)
