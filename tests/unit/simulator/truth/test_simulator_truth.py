"""The truth holds together: returns point to sales, goods sold were there, a row has one fate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl

from simulator.world.settings import Settings
from tests.unit.simulator.small_retailer import END

Truth = Callable[[str], pl.DataFrame]
FAR = date(9999, 12, 31)


def test_presale_ships_from_the_launch_on(truth: Truth) -> None:
    presale = truth("presale")
    ratio = presale.filter(pl.col("cancelled_date").is_null())
    assert ratio.height > 20
    launches = truth("launches").select("skc_id", "planned_launch")
    sent = presale.filter(pl.col("shipped_date").is_not_null()).join(launches, on="skc_id")
    assert (sent["shipped_date"] >= sent["planned_launch"]).all()
    assert (sent["shipped_date"] > sent["deposit_date"]).all()
    lines = truth("sale_lines").filter(pl.col("is_presale"))
    assert lines["sale_units"].sum() == presale["shipped_units"].sum()


def test_returns_lag_as_they_should(truth: Truth) -> None:
    back = truth("return_lines").with_columns(
        (pl.col("post_date") - pl.col("sale_date")).dt.total_days().alias("lag")
    )
    store = back.filter(pl.col("source") == "pos")
    online = back.filter(pl.col("source") == "ec")
    assert (store["lag"] >= 1).all() and (store["lag"] <= 7).sum() > 0.9 * store.height
    assert (online["lag"] >= 3).all() and 7 <= float(np.median(online["lag"])) <= 14
    assert online["is_boris"].sum() > 0


def test_returns_point_to_their_sale(truth: Truth) -> None:
    sales = truth("sale_lines")
    back = truth("return_lines")
    assert back.join(sales, on="sale_key", how="anti").height == 0
    both = back.filter(~pl.col("is_presale")).join(sales, on="sale_key")
    assert (both["ret_units"] <= both["sale_units"]).all()
    assert (both["sku_id"] == both["sku_id_right"]).all()


def test_launch_of_most_goods_is_the_day_they_reach_the_stores(truth: Truth) -> None:
    seen = truth("launches").filter(pl.col("launch_status") == "ok")
    assert seen.height > 15
    late = (seen["launch_date"] - seen["planned_launch"]).dt.total_days()
    assert (late >= 0).all() and (late <= 14).all()
    assert (seen["launch_date"] > END - timedelta(days=160)).all()


def test_negative_stock_is_planted_only(truth: Truth) -> None:
    below = truth("stock_day").filter(pl.col("onhand_units") < 0)
    early = truth("sale_lines").filter(pl.col("is_before_posting"))
    planted = early.select("store_code", "sku_id", pl.col("sale_date").alias("valid_from"))
    rest = below.join(planted, on=["store_code", "sku_id", "valid_from"], how="anti")
    assert rest.height == 0


def test_no_sale_where_nothing_lies(truth: Truth) -> None:
    """A store line needs stock at the close before, or goods that came in on the day."""
    sold = truth("sale_lines").filter(
        pl.col("source") == "pos",
        ~pl.col("sku_id").str.starts_with("?"),
        ~pl.col("is_before_posting"),
    )
    per_day = sold.group_by("store_code", "sku_id", "sale_date").agg(pl.col("sale_units").sum())
    spans = truth("stock_day").with_columns(pl.col("valid_to").fill_null(FAR))
    closing = per_day.join(spans, on=["store_code", "sku_id"]).filter(
        (pl.col("valid_from") <= pl.col("sale_date")) & (pl.col("sale_date") < pl.col("valid_to"))
    )
    assert closing.height == per_day.height
    assert (closing["onhand_units"] >= 0).all()


def test_snapshot_equals_movements(retailer: Settings, truth: Truth) -> None:
    snap = pl.read_csv(
        retailer.out / "erp" / "erp_stock_snap_snap_20261031_1.csv",
        encoding="gb18030",
        infer_schema_length=0,
    )
    last = truth("stock_day").filter(pl.col("valid_to").is_null(), pl.col("is_visible"))
    assert snap["在库数"].cast(pl.Int64).sum() == last["onhand_units"].sum()
    assert snap["在途入"].cast(pl.Int64).sum() == last["transit_units"].sum()
    shown = snap.filter(pl.col("在库数") != "0").height
    assert shown == last.filter(pl.col("onhand_units") != 0).height


def test_fates_are_exhaustive_and_keys_published_once(truth: Truth) -> None:
    rows = truth("rows")
    assert set(rows["fate"]) <= {"published", "quarantined", "superseded", "not_yet_sent"}
    published = rows.filter(pl.col("fate") == "published")
    assert published.height == published.unique(["feed", "key"]).height
    lost = rows.filter(pl.col("fate") == "superseded").join(
        published, on=["feed", "key"], how="anti"
    )
    assert lost.height == 0


def test_a_key_is_in_one_delta_file_once(truth: Truth) -> None:
    """Only events are sent twice within a file."""
    rows = truth("rows").filter(pl.col("feed") != "ec_event", pl.col("file") != "")
    assert not rows.select(pl.struct("file", "key").is_duplicated().any()).item()


def test_phones_are_invented(truth: Truth) -> None:
    phones = truth("people")["phone"].cast(pl.String)
    assert phones.str.contains(r"^19\d0000\d{4}$").all()
