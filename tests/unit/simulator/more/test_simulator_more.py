"""Feeds written on request: each loads as it should, follows from the others, changes none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import polars as pl
import pytest

from baokuan.home import Home
from ingest.bronze import views
from ingest.contract import load_all
from ingest.load.run import ingest_landing
from ingest.outcomes import Outcome
from simulator.__main__ import generate
from simulator.world.settings import Settings
from tests.unit.simulator.small_retailer import content

BASE = {"pos_receipt", "pos_receipt_line", "erp_stock_move", "erp_po", "ec_order", "ec_order_line",
        "ec_shipment", "erp_sku"}  # fmt: skip


@dataclass
class Loaded:
    """The small retailer once more with all its feeds."""

    home: Home
    written: set[str]
    account: pl.DataFrame  # what the simulator says that it put into each file
    outcomes: dict[tuple[str, str], Outcome]
    con: duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def more(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings, retailer: Settings
) -> Loaded:
    root = tmp_path_factory.mktemp("more")
    home = Home(root / "home").make()
    wanted = replace(settings, out=home.landing, truth=root / "truth", config=None, more=True)
    generate(wanted, quiet=True)
    written = content(home.landing)
    base = content(retailer.out)
    assert {name: written[name] for name in base} == base
    account = pl.read_parquet(root / "truth" / "more.parquet")
    assert set(account["file"]) == set(written) - set(base)
    feeds = {name.split("/")[-1] for name in account["contract"]} | BASE
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BAOKUAN_CONFIG", str(settings.config))
        patch.setenv("BAOKUAN_NOW", "2026-11-01T06:00:00+08:00")
        patch.delenv("BAOKUAN_CONTRACTS", raising=False)
        done = ingest_landing(home, feeds=feeds)
        con = duckdb.connect(":memory:")
        views.register(home, con)
    outcomes = {(o.contract, o.source): o for o in done if o.status != "duplicate"}
    return Loaded(home, set(written), account, outcomes, con)


def test_every_feed_that_has_a_contract_is_written(more: Loaded) -> None:
    contracts = load_all()
    found = {c.feed for c in contracts if any(map(c.matches, more.written))}
    assert {c.feed for c in contracts if c.source is None} - found == set()


def test_every_file_becomes_what_was_put_into_it(more: Loaded) -> None:
    for contract, file, rows, bad, rejected in more.account.iter_rows():
        outcome = more.outcomes[contract, file]
        assert outcome.status == "loaded", outcome
        assert outcome.rows_kept + outcome.rows_quarantined == rows, outcome
        assert outcome.rows_quarantined == bad, outcome
        assert sum(outcome.values_rejected.values()) == rejected, outcome
        assert outcome.warnings == [], outcome


def test_what_excel_cut_short_is_quarantined(more: Loaded) -> None:
    paths = [
        str(more.home.root / o.quarantine_path)
        for (contract, _), o in more.outcomes.items()
        if contract == "supplier/erp_production" and o.quarantine_path
    ]
    found = more.con.execute(
        "select distinct \"column\", reason from read_parquet(?) where kind = 'row'", [paths]
    ).fetchall()
    assert found == [("production_no", "identifier damaged by Excel: digits are lost")]


LATEST_PO = (
    "(select * from bronze.erp_po qualify row_number() over "
    "(partition by po_no, line_no order by modified_at desc) = 1)"
)


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        ("payments add up to their receipts",
         "select receipt.store_code from (select store_code, biz_date, receipt_no, "
         "arg_min(paid_amt, uploaded_at) as paid_amt from bronze.pos_receipt "
         "where not is_void group by all) as receipt left join (select store_code, biz_date, "
         "receipt_no, sum(paid_amt) as paid_amt from bronze.pos_payment group by all) as payment "
         "using (store_code, biz_date, receipt_no) "
         "where receipt.paid_amt <> coalesce(payment.paid_amt, 0)"),
        ("whoever sold was there",
         "select * from bronze.pos_receipt as sale left join bronze.pos_shift as shift on "
         "shift.staff_code = sale.staff_code and shift.work_date = sale.biz_date "
         "where sale.staff_code is not null and shift.staff_code is null"),
        ("what came by mail counts once: the till sends the same later",
         "select * from bronze.pos_receipt_line as mail "
         "where mail._file_id in (select unnest($mail)) and not exists "
         "(select 1 from bronze.pos_receipt_line as till where till.uploaded_at > mail.uploaded_at "
         "and (till.store_code, till.biz_date, till.receipt_no, till.line_no, till.barcode, "
         "till.qty, till.sale_amt) = (mail.store_code, mail.biz_date, mail.receipt_no, "
         "mail.line_no, mail.barcode, mail.qty, mail.sale_amt))"),
        ("nothing is shipped that was not planned",
         "select * from bronze.erp_alloc where shipped_units > planned_units"),
        ("counts explain the corrections",
         "select * from bronze.erp_count where counted_units - book_units <> diff_units "
         "or diff_units = 0"),
        ("fairs add up to the first orders",
         "with fair as (select style_code, color_code, size_code, sum(ordered_units) as units "
         "from bronze.erp_futures group by all), bought as (select style_code, color_code, "
         f"size_code, sum(ordered_units) as units from {LATEST_PO} as po join (select distinct "
         "barcode, style_code, color_code, size_code from bronze.erp_sku) as sku using (barcode) "
         "where po_type = 'first' group by all) (from fair except from bought) "
         "union all (from bought except from fair)"),
        ("all that is received was passed before",
         "select po_no, passed from (select po_no, sum(passed_units) as passed, max(done_at) as at "
         "from bronze.erp_production where process = '质检' group by po_no) as made join "
         f"(select po_no, sum(received_units) as received from {LATEST_PO} as po group by po_no) "
         "as po using (po_no) where passed < received and po_no not in (select unnest($damaged))"),
        ("days without a year are of the file's year",
         "select * from bronze.erp_production where done_at is null or done_at::date > _file_date"),
        ("shares of a plan are pieces",
         "select * from bronze.erp_production where done_units is null"),
        ("targets are in yuan whatever the sheet",
         "select * from bronze.erp_target where target_amt not between 20 * target_units "
         "and 2000 * target_units"),
        ("materials are measured in known units",
         "select * from bronze.erp_bom where material_unit is null or loss_rate >= 0.1"),
        ("reviews are of delivered lines",
         "select * from bronze.ec_review as review where not exists (select 1 from "
         "bronze.ec_shipment as parcel where parcel.order_no = review.order_no "
         "and parcel.delivered_at < review.reviewed_at)"),
        ("every item sold is listed",
         "select * from bronze.ec_order_line as line anti join bronze.ec_item_map as item "
         "using (platform, item_id)"),
        ("bundles share the whole price and are nobody's code yet",
         "select bundle_code from bronze.ec_bundle group by 1 having sum(share) <> 1 union all "
         "select barcode from bronze.ec_order_line semi join "
         "(select bundle_code as barcode from bronze.ec_bundle) using (barcode)"),
        ("options belong to paid orders",
         "select * from bronze.ec_custom_option anti join (select order_no from bronze.ec_order "
         "where paid_at is not null) using (order_no)"),
        ("used coupons are on receipts",
         "select * from bronze.crm_coupon where used_order is not null and used_order not in "
         "(select concat(store_code, strftime(biz_date, '%y%m%d'), receipt_no) "
         "from bronze.pos_receipt where coupon_amt > 0)"),
        ("messages are about coupons",
         "select * from bronze.crm_touch where message_id not in "
         "(select 'M' || coupon_code from bronze.crm_coupon)"),
        ("no phone is left in a ticket",
         "select * from bronze.crm_ticket where regexp_matches(ticket_text, '[0-9]{5}')"),
        ("the list that lands is the list in the settings",
         "select kind, excluded_key from bronze.ops_exclusion except select kind, key "
         "from bronze._config_exclusions union all select kind, key "
         "from bronze._config_exclusions except select kind, excluded_key "
         "from bronze.ops_exclusion"),
        ("promotions do not end before they start",
         "select * from bronze.mkt_promotion where end_at < start_at"),
        ("documents are answered in turn",
         "select * from bronze.scm_doc where answered_at < submitted_at "
         "or approved_at < answered_at"),
        ("a day's low is below its high", "select * from bronze.ext_weather where low >= high"),
    ],
    ids=lambda value: value if " " in value and "select" not in value else "",
)  # fmt: skip
def test_they_follow_from_what_happened(more: Loaded, what: str, sql: str) -> None:
    values = {}
    if "$mail" in sql:
        values["mail"] = [
            o.file_id for (c, _), o in more.outcomes.items() if c == "offline/pos_receipt_line"
        ]
        assert values["mail"]
    if "$damaged" in sql:
        bad = [o.quarantine_path for (c, _), o in more.outcomes.items()
               if c == "supplier/erp_production" and o.rows_quarantined]  # fmt: skip
        values["damaged"] = [
            row[0]
            for path in bad
            for row in more.con.execute(
                "select json_extract_string(raw, '$.po_no') from read_parquet(?)",
                [str(more.home.root / str(path))],
            ).fetchall()
        ]
    assert more.con.execute(sql, values or None).fetchall() == [], what


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 from bronze.crm_ticket where ticket_text like '%[***]%'",
        "select 1 from bronze.ec_review where review_text is null",
        "select 1 from bronze.ec_review where contains(review_text, '👍')",
        "select 1 from bronze.crm_coupon group by coupon_code having count(distinct used_at) > 1",
        "select 1 from bronze.ec_item_map group by platform, barcode having count(*) > 1",
        "select 1 from bronze.erp_bom having count(distinct material_unit) >= 4",
        "select 1 from bronze.crm_survey where contains(answer, ';')",
        "select 1 from bronze.crm_consent group by member_no, consent_type, given_at "
        "having count(*) > 1",
        "select 1 from bronze.crm_wecom where deleted_at is not null",
        "select 1 from bronze.erp_futures having count(distinct customer_code) > 1",
    ],
)
def test_the_typical_mess_is_there(more: Loaded, sql: str) -> None:
    assert more.con.execute(sql).fetchone() is not None
