"""Exports of platforms, tills and an apparel ERP by the contracts for them; all rows invented."""

from __future__ import annotations

import io

import xlsxwriter

from tests.unit.ingest.conftest import Shop

TAOBAO = (
    "订单编号,买家会员名,买家应付货款,买家应付邮费,买家实际支付金额,订单状态,买家留言,收货人姓名,收货地址,"
    "联系手机,订单创建时间,订单付款时间,店铺名称,分阶段订单信息\n"
    '="1930680000000000123",某人,120.00元,0,118.00,交易成功,快一点,某某,浙江省 杭州市 某路,'
    "'13800138000,2016/5/23 22:02,2016/5/23 22:05,某店,\n"
    '="1930680000000000124",某人,10,0,0,交易关闭,,某某,浙江省 杭州市 某路,138****8000,'
    "2016/5/24 9:00,,某店,\n"
)
TAOBAO_LINES = (
    "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码\n"
    '="1930680000000000123",裙,60.00,2,,颜色分类:黑色;尺码:L,,,交易成功,K1-01-L\n'
    '="1930680000000000123",裙,60.00,2,,颜色分类:黑色;尺码:L,,,交易成功,K1-01-L\n'
)
JD = (
    "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,结算金额,应付金额,订单状态,订单备注,客户姓名,"
    "客户地址,联系电话,商家备注等级（等级1-5为由高到低）,运费金额,付款确认时间,货号,下单帐号\n"
    "900,11,衣,1,2026-10-01 10:00:00,100,300,200,200,完成,,某某,某地,13800138000,1,0,"
    "2026-10-01 10:01:00,A,u1\n"
    "900,12,裤,2,2026-10-01 10:00:00,100,300,200,200,完成,,某某,某地,13800138000,1,0,"
    "2026-10-01 10:01:00,B,u1\n"
    "901,11,衣,1,2026-10-02 10:00:00,100,100,100,100,等待出库,,某某,某地,,1,0,,A,u2\n"
)
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Total,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem sku,Phone,Cancelled at\n"
    "#1001,Any@Example.com,paid,2024-04-02 18:59:12 +0800,fulfilled,30.00,45384.35,1,"
    "Shirt - M,10.00,A,133 3333 3333,\n"
    "#1001,Any@Example.com,,,,,,2,Cap,10.00,,,\n"
    "#1002,b@example.com,refunded,2024-04-03 08:00:00 +0800,,5,2024-04-03 08:00:00 +0800,1,Cap,5,C,"
    "8613333333333,2024-04-04 08:00:00 +0800\n"
)
WOO = (
    "order_id,order_number,date,status,order_total,billing_phone,customer_id,line_items\n"
    '7,7,2026-10-01 10:00:00,processing,50,,4,"id:1|product_id:4959|sku:A|quantity:1|total:30.00|'
    'meta:size=Medium;id:2|product_id:4960|sku:|quantity:2|total:20.00"\n'
)


def test_taobao_and_tmall(shop: Shop) -> None:
    shop.land("taobao/tmall/ExportOrderList202610.csv", TAOBAO, "gb18030")
    shop.land("taobao/ExportOrderDetailList202610.csv", TAOBAO_LINES, "gb18030")
    lines, orders = shop.ingest()
    assert (orders.rows_kept, orders.values_rejected, orders.personal) == (
        2, {}, {"masked_phones": 1},
    )  # fmt: skip
    assert lines.rows_kept == 2
    assert shop.rows(
        "select platform, order_no, status, paid_amt::varchar, paid_at::varchar, province, city, "
        "phone_key is not null, is_presale from bronze.ec_order order by order_no limit 1"
    ) == [
        ("tmall", "1930680000000000123", "done", "118.00", "2016-05-23 22:05:00", "浙江省",
         "杭州市", True, None)
    ]  # fmt: skip
    assert shop.rows(
        "select platform, line_no, barcode, qty, sale_amt::varchar from bronze.ec_order_line "
        "order by line_no"
    ) == [("taobao", "1", "K1-01-L", 2, "120.00"), ("taobao", "2", "K1-01-L", 2, "120.00")]


def test_jd_repeats_the_order_on_every_line(shop: Shop) -> None:
    shop.land("jd/orders_20261003.csv", JD, "gb18030")
    orders, lines = shop.ingest()
    assert (orders.rows_in_file, orders.rows_kept, orders.rows_skipped["repeats"]) == (3, 2, 1)
    assert (lines.rows_kept, lines.values_rejected) == (3, {})
    assert shop.rows(
        "select order_no, line_no, barcode, sale_amt::varchar from bronze.ec_order_line "
        "order by 1, 2"
    ) == [("900", "1", "A", "66.67"), ("900", "2", "B", "133.33"), ("901", "1", "A", "100.00")]


def test_shopify_and_woocommerce(shop: Shop) -> None:
    shop.land("shopify_csv/orders_export_1.csv", SHOPIFY)
    shop.land("woocommerce/orders.csv", WOO)
    done = {outcome.contract: outcome for outcome in shop.ingest()}
    assert [done[f"shopify_csv/{f}"].rows_kept for f in ("ec_order", "ec_order_line")] == [2, 3]
    assert done["woocommerce/ec_order_line"].rows_derived == 1
    assert shop.rows(
        "select order_no, status, created_at::varchar, paid_at::varchar, count(phone_key) "
        "from bronze.ec_order where platform = 'shopify' group by all order by 1"
    ) == [
        ("#1001", "done", "2024-04-02 08:24:00", "2024-04-02 18:59:12", 1),
        ("#1002", "closed", "2024-04-03 08:00:00", "2024-04-03 08:00:00", 1),
    ]
    assert shop.rows(
        "select order_no, line_no, barcode, qty, sale_amt::varchar, unit_price::double "
        "from bronze.ec_order_line order by 1, 2"
    ) == [
        ("#1001", "1", "A", 1, "10.00", 10.0), ("#1001", "2", "Cap", 2, "20.00", 10.0),
        ("#1002", "1", "C", 1, "5.00", 5.0), ("7", "1", "A", 1, "30.00", 30.0),
        ("7", "2", "4960", 2, "20.00", 10.0),
    ]  # fmt: skip


def test_an_apparel_erp(shop: Shop) -> None:
    shop.land(
        "bs3000j/SHANGPIN_20261031.csv",
        "SPDM,SPMC,BZSJ,BYZD3,BYZD4,BYZD5,BYZD8\nK1,裙,599.00,某牌,女装,秋,2026\n",
        "gb18030",
    )
    shop.land("bs3000j/TMDZB.csv", "SPTM,SPDM,GG1DM,GG2DM\n6901234567892,K1,01,L\n")
    shop.land(
        "bs3000j/SPKCB_20261031.csv",
        "CKDM,KWDM,SPDM,GG1DM,GG2DM,SL,SL1\nW1,A1,K1,01,L,3,1\nW1,A2,K1,01,L,2,0\nW2,,K1,01,L,-1,\n",
    )
    assert {outcome.status for outcome in shop.ingest()} == {"loaded"}
    assert shop.rows(
        "select snap_date::varchar, store_code, barcode, onhand_units, reserved_units "
        "from bronze.erp_stock_snap join bronze.erp_sku using (barcode) "
        "join bronze.erp_style using (style_code) where brand = '某牌' order by 2"
    ) == [("2026-10-31", "W1", "K101L", 5, 1), ("2026-10-31", "W2", "K101L", -1, None)]


def test_a_generic_till_and_receipts_sent_by_mail(shop: Shop) -> None:
    shop.land(
        "generic_pos/day.csv",
        "Shop,Receipt No,Transaction Time,SKU,Quantity,Unit Price\n"
        "N,77,2026-10-01 10:00,A,2,1.50\nN,77,2026-10-01 10:00,B,1,2\n"
        "N,78,2026-10-01 11:00,A,1,1.5\n",
    )
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("销售")
        for number, row in enumerate(
            [["快闪店销售"], [],
             ["店仓", "业务日", "小票号", "行号", "条码", "数量", "成交额", "实收"],
             ["P1", "2026-10-05", "1", 1, "690", 1, 99, 99], ["合计", "", "", "", "", 1, 99, 99]]
        ):  # fmt: skip
            sheet.write_row(number, 0, row)
    shop.land("pos/pos_offline_delta_20261005_P1.xlsx", stream.getvalue())
    done = {outcome.contract: outcome for outcome in shop.ingest()}
    assert {name: outcome.rows_kept for name, outcome in done.items()} == {
        "generic_pos/pos_receipt_line": 3,
        "offline/pos_receipt": 1,
        "offline/pos_receipt_line": 1,
    }
    assert shop.rows(
        "select receipt_no, line_no, barcode, sale_amt::varchar, biz_date::varchar "
        "from bronze.pos_receipt_line order by store_code, 1, 2"
    ) == [
        ("77", 1, "A", "3.00", "2026-10-01"), ("77", 2, "B", "2.00", "2026-10-01"),
        ("78", 1, "A", "1.50", "2026-10-01"), ("1", 1, "690", "99.00", "2026-10-05"),
    ]  # fmt: skip


def test_a_workbook_with_a_sheet_for_each_contract(shop: Shop) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, header, row in (
            ("小票", ["店仓", "业务日", "小票号", "件数", "实收"],
             ["P1", "2026-10-05", "1", 2, 99]),
            ("明细", ["店仓", "业务日", "小票号", "行号", "条码", "数量", "成交额"],
             ["P1", "2026-10-05", "1", 1, "690", 2, 99]),
        ):  # fmt: skip
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, header)
            sheet.write_row(1, 0, row)
    shop.land("pos/pos_offline_delta_20261005_1.xlsx", stream.getvalue())
    done = {outcome.contract: outcome for outcome in shop.ingest()}
    assert {name: (o.rows_kept, o.warnings) for name, o in done.items()} == {
        "offline/pos_receipt": (1, []),
        "offline/pos_receipt_line": (1, []),
    }
    assert shop.rows("select paid_amt::varchar from bronze.pos_receipt") == [("99.00",)]
    assert shop.rows("select qty, sale_amt::varchar from bronze.pos_receipt_line") == [(2, "99.00")]


def test_a_year_is_that_of_the_file_or_the_one_before(shop: Shop) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("V1")
        header = ["生产单号", "工序", "事件序", "计划数", "完工数", "实际时间"]
        for number, row in enumerate(
            [["V1 进度"], [], header, ["A1", "车缝", 1, "3,200件", "已完成80%", "11.5"],
             ["A1", "车缝", 2, "3,200件", "3,200件", "2027年1月4日"],
             ["A2", "车缝", 1, "100", "80.5%", "1.10"], ["A3", "车缝", 1, "100", "快好了", "13.1"]]
        ):  # fmt: skip
            sheet.write_row(number, 0, row)
    shop.land("erp/erp_production_supplier_delta_20270112_1.xlsx", stream.getvalue())
    outcome = shop.one()
    assert (outcome.status, outcome.rows_kept) == ("loaded", 4)
    assert outcome.values_rejected == {"done_at": 1, "done_units": 1}
    assert shop.rows(
        "select production_no, event_no, planned_units, done_units, done_at::date::varchar "
        "from bronze.erp_production order by 1, 2"
    ) == [
        ("A1", 1, 3200, 2560, "2026-11-05"), ("A1", 2, 3200, 3200, "2027-01-04"),
        ("A2", 1, 100, 81, "2027-01-10"), ("A3", 1, 100, None, None),
    ]  # fmt: skip
