"""Faults that the core models judge: M14, M21, M22, M24, M25, M26, M30.

Each fault puts documents into a store of its own and says by name what must be seen; the query says
what is seen in the whole warehouse, so that every other document is a chance of a false alarm.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.mess.goods import AS_OF, Trade

Put = Callable[[Trade], set[str]]
MANY = range(5)


def around(shop: Trade) -> None:
    """Good trade beside the fault: sales, a return of a sale, an order and its refund."""
    for _ in range(10):
        shop.sold(1 + shop.random.randrange(2))
    barcode = shop.any()
    shop.returned(shop.receipt((barcode, 1, "90.00")), barcode, 1, "90.00")
    shop.refund(shop.order((shop.any(), 1, "80.00")), "80.00")
    shop.order((shop.any(), 2, "160.00"), (shop.any(), 1, "70.00"))


def unknown_barcodes(shop: Trade) -> set[str]:
    codes = {f"X{shop.name}-{number}" for number in MANY}
    for code in codes:
        shop.receipt((shop.any(), 1, "90.00"), (code, 1, "50.00"))
    return {f"?/{code}" for code in codes}


def unknown_stores(shop: Trade) -> set[str]:
    stores = {f"X{shop.name}-{number}" for number in MANY}
    for store in stores:
        shop.sold(store=store)
    return stores


def returns_without_sale(shop: Trade) -> set[str]:
    return {
        shop.returned(f"{shop.store}|2026-10-01|9999{number}", shop.any(), 1, "90.00") + "|1"
        for number in MANY
    }


def not_goods(shop: Trade) -> set[str]:
    """A landed list names gifts by barcode and services by style; the till marks none of them."""
    gift, service = shop.product(90), shop.product(91)
    shop.documents.add("ops_exclusion", 类型="赠品", 键=gift)
    shop.documents.add("ops_exclusion", 类型="服务项", 键=service.removesuffix("-M"))
    seen = set()
    for _ in MANY:
        order = shop.receipt((shop.any(), 1, "90.00"), (gift, 1, "0.00"), (service, 1, "10.00"))
        seen |= {f"{order}|2 gift", f"{order}|3 service_item"}
    return seen


def not_customers(shop: Trade) -> set[str]:
    """Cards of staff and numbers of test orders, from the settings' list."""
    card = f"E{shop.name}"
    shop.documents.excluded.append(("staff_member", card))
    seen = {f"{shop.sold(会员卡号=card)}|1 staff" for _ in MANY}
    for _ in MANY:
        number = shop.order((shop.any(), 1, "1.00"))
        shop.documents.excluded.append(("test_order", number))
        seen.add(f"tmall|{number}|1 test_order")
    shop.sold(会员卡号=f"C{shop.name}")
    return seen


def resellers(shop: Trade) -> set[str]:
    """A listed card, and orders of more than 20 pieces; one of exactly 20 is none."""
    card = f"R{shop.name}"
    shop.documents.excluded.append(("reseller_member", card))
    seen = {f"{shop.sold(会员卡号=card)}|1" for _ in range(2)}
    for _ in range(3):
        pieces = 21 + shop.random.randrange(30)
        seen.add(f"tmall|{shop.order((shop.any(), pieces, f'{80 * pieces}.00'))}|1")
    shop.order((shop.any(), 20, "1600.00"))
    return seen


def exchanges(shop: Trade) -> set[str]:
    seen = set()
    for _ in MANY:
        old, new = shop.random.sample(shop.goods, 2)
        order = shop.receipt((old, 1, "90.00"))
        swap = ((old, -1, "-90.00"), (new, 1, "95.00"))
        done = shop.receipt(*swap, day="2026-10-30", kind="换货", 原小票号=order.split("|")[2])
        seen.add(f"{done}|1 {order}|1")
    return seen


def lone_exchanges(shop: Trade) -> set[str]:
    """Goods came back on an exchange and none went out."""
    seen = set()
    for _ in MANY:
        barcode = shop.any()
        order = shop.receipt((barcode, 1, "90.00"))
        seen.add(shop.receipt((barcode, -1, "-90.00"), day="2026-10-30", kind="换货",
                              原小票号=order.split("|")[2]))  # fmt: skip
    return seen


def _posted(shop: Trade, number: int) -> tuple[str, str, int]:
    barcode, pieces = shop.any(), 3 + shop.random.randrange(9)
    return shop.move(f"IN{number}", "采购入", barcode, pieces, "2026-10-20"), barcode, pieces


def reversals(shop: Trade) -> set[str]:
    """Documents taken back whole: nothing of them is left in the ledger."""
    seen = set()
    for number in MANY:
        document, barcode, pieces = _posted(shop, number)
        shop.move(f"RED{number}", "采购入", barcode, -pieces, 冲销单号=document)
        seen.add(document)
    _posted(shop, 9)
    return seen


def wrong_reversals(shop: Trade) -> set[str]:
    """Red ink for a document that never was, and for other pieces than were posted."""
    seen = set()
    for number in MANY:
        document, barcode, pieces = _posted(shop, number)
        if number % 2:
            back = shop.move(f"RED{number}", "采购入", barcode, 1 - pieces, 冲销单号=document)
            seen.add(f"reversal_differs|{back}")
        else:
            back = shop.move(f"RED{number}", "采购入", barcode, -2, 冲销单号=f"{document}X")
            seen.add(f"reversal_without_document|{back}")
    return seen


def early_refunds(shop: Trade) -> set[str]:
    """Refunds of orders that no file has brought, two of them for longer than 45 days."""
    seen = set()
    for number in MANY:
        order = shop.order(known=False)
        day = "2026-09-10" if number < 2 else "2026-10-30"
        late = "overdue" if number < 2 else "waiting"
        seen.add(f"tmall|{shop.refund(order, '80.00', day=day)} {late}")
    return seen


def high_refunds(shop: Trade) -> set[str]:
    """More money back than was paid, by one refund or by two; or more pieces."""
    seen = set()
    for number in MANY:
        order = shop.order((shop.any(), 2, "160.00"))
        if number == 0:
            shop.refund(order, "160.01")
        elif number == 1:
            shop.refund(order, "100.00", 数量=1)
            shop.refund(order, "70.00", 数量=1)
        else:
            shop.refund(order, "80.00", 数量=1)
            shop.refund(order, "40.00", 数量=2)
        seen.add(f"tmall|{order}|1")
    both = shop.order((shop.any(), 2, "160.00"))
    shop.refund(both, "80.00", 数量=1)
    shop.refund(both, "80.00", 数量=1)
    return seen


def contested_prices(shop: Trade) -> set[str]:
    """A later issue reaches into an older one; the day's price is the later issue's."""
    seen = set()
    for number in MANY:
        style = shop.product(20 + number, price=False).removesuffix("-M")
        old = shop.price(style, "2026-01-01", "100.00", until="2026-10-25")
        shop.price(style, "2026-10-15", f"{110 + number}.00", until="2026-12-31",
                   修改时间="2026-10-14 08:00:00")  # fmt: skip
        seen |= {old, _tag(shop, style, "2026-10-20", f"{110 + number}.00")}
        seen.add(_tag(shop, style, "2026-10-12", "100.00"))
    _good_lists(shop)
    return seen


def _tag(shop: Trade, style: str, day: str, tag: str) -> str:
    return f"{shop.receipt((style + '-M', 1, '90.00'), day=day)}|1 {tag}"


def _good_lists(shop: Trade) -> None:
    """No fault: a list that ends where the next begins, and an open one with a successor."""
    for number, until in ((30, "2026-10-14"), (31, "")):
        style = shop.product(number, price=False).removesuffix("-M")
        shop.price(style, "2026-01-01", "100.00", until=until)
        shop.price(style, "2026-10-15", "90.00", 修改时间="2026-10-14 08:00:00")


def missing_prices(shop: Trade) -> set[str]:
    """Days between two lists: listed, and the last known price goes on."""
    seen = set()
    for number in MANY:
        style = shop.product(40 + number, price=False).removesuffix("-M")
        old = shop.price(style, "2026-01-01", f"{120 + number}.00", until="2026-10-10")
        shop.price(style, "2026-10-20", "99.00")
        seen |= {old, _tag(shop, style, "2026-10-15", f"{120 + number}.00")}
    return seen


def missing_costs(shop: Trade) -> set[str]:
    """No cost at all, or 0: unknown, not 0; a month without one keeps the last known."""
    seen = set()
    for number in MANY:
        style = shop.product(50 + number, cost=False).removesuffix("-M")
        if number % 2:
            shop.cost(style, "202610", "0.00")
        order = shop.receipt((f"{style}-M", 1, "90.00"))
        seen.add(f"{order}|1")
    return seen


def sales_differ(shop: Trade) -> set[str]:
    """The ERP's sale documents follow the tills but for some days."""
    faulty = set(shop.random.sample(range(10, 20), len(MANY)))
    seen = set()
    for day in range(9, 21):
        barcode, pieces = shop.any(), 2 + shop.random.randrange(4)
        date = f"2026-09-{day:02d}"
        shop.receipt((barcode, pieces, f"{90 * pieces}.00"), day=date)
        off = shop.random.choice((-1, 1, 2)) if day in faulty else 0
        shop.move(f"XS{day}", "销售出", barcode, pieces + off, date)
        if off:
            seen.add(f"{shop.store} {date} {off}")
    return seen


def stock_differs(shop: Trade) -> set[str]:
    """Snapshots follow the ledger but for some goods; goods left out of one are 0."""
    faulty = set(shop.random.sample(range(8), len(MANY)))
    seen = set()
    for number in range(9):
        barcode = shop.product(60 + number)
        shop.move(f"IN{number}", "采购入", barcode, 5, "2026-10-20")
        off = shop.random.choice((-5, -2, 3)) if number in faulty else 0
        if off != -5:
            shop.documents.add("erp_stock_snap", 快照日=AS_OF, 店仓代码=shop.store,
                               条码=barcode, 在库数=5 + off)  # fmt: skip
        if off:
            seen.add(f"{shop.store} {barcode.removesuffix('-M')}/C1/M {off}")
    return seen


def _doubt(*kinds: str) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return f"select document from core.fct_doubt where doubt_kind in ({listed})"


def _excluded(*reasons: str) -> str:
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    return (
        "select sale_line_id || ' ' || exclusion_reason from core.fct_sale_line "
        f"where exclusion_reason in ({listed})"
    )


def _tags(first: int, last: int) -> str:
    return (
        "union all select sale_line_id || ' ' || tag_amt from core.fct_sale_line where "
        f"try_cast(split_part(style_id, '-', 3) as int) between {first} and {last}"
    )


FAULTS: list[tuple[str, str, str, Put, str]] = [
    ("M14", "unknown barcodes", "kept; stub in dim_sku", unknown_barcodes,
     "select sku_id from core.dim_sku where is_stub"),
    ("M14", "unknown stores", "kept; stub in dim_store", unknown_stores,
     "select store_code from core.dim_store where is_stub"),
    ("M14", "returns of unknown receipts", "kept as orphans; listed in fct_doubt",
     returns_without_sale, "select return_line_id from core.fct_return_line where is_orphan "
     f"intersect {_doubt('return_without_sale')}"),
    ("M21", "gifts and services as goods", "by a landed list: out of all units", not_goods,
     _excluded("gift", "service_item")),
    ("M22", "staff's and test orders", "by the settings' list: out of all units", not_customers,
     _excluded("staff", "test_order")),
    ("M22", "resellers", "by list, and above 20 pieces an order: flagged", resellers,
     "select sale_line_id from core.fct_sale_line where is_reseller"),
    ("M24", "exchanges", "return and sale on one receipt, linked to the first sale", exchanges,
     "select return_line_id || ' ' || sale_line_id from core.fct_return_line as back "
     "where exch_units > 0 and exists (select 1 from core.fct_sale_line as sale "
     "where sale.order_id = back.return_doc_id)"),
    ("M24", "exchanges without new goods", "listed in fct_doubt", lone_exchanges,
     _doubt("exchange_without_pair")),
    ("M24", "documents taken back by red ink", "nothing of them left in the ledger", reversals,
     "select doc_no from core.fct_stock_move where doc_no not like '%RED%' and not exists "
     "(select 1 from core.fct_doubt where other_document = doc_no) and replace(doc_no, '-IN', "
     "'-RED') in (select doc_no from core.fct_stock_move) group by doc_no, store_code, sku_id "
     "having sum(units) + (select sum(units) from core.fct_stock_move as red where red.doc_no = "
     "replace(any_value(fct_stock_move.doc_no), '-IN', '-RED')) = 0"),
    ("M24", "red ink that fits no document", "listed in fct_doubt", wrong_reversals,
     "select doubt_id from core.fct_doubt where doubt_kind like 'reversal%'"),
    ("M25", "refunds before their order", "listed in fct_doubt: waiting, after 45 days overdue",
     early_refunds, "select document || case when is_overdue then ' overdue' else ' waiting' end "
     "from core.fct_doubt where doubt_kind = 'refund_without_order'"),
    ("M25", "refunds above what was paid", "kept; listed in fct_doubt", high_refunds,
     _doubt("return_above_sale")),
    ("M26", "price lists that overlap", "listed in fct_doubt; the latest issue wins",
     contested_prices, f"{_doubt('price_overlap')} {_tags(20, 24)}"),
    ("M26", "days without a price", "listed in fct_doubt; the last known price goes on",
     missing_prices, f"{_doubt('price_gap')} {_tags(40, 44)}"),
    ("M26", "goods without a cost", "cost unknown, not 0", missing_costs,
     "select sale_line_id from core.fct_sale_line where cogs_amt is null and style_id <> '?'"),
    ("M30", "tills and ERP sales differ", "the tills' count; both in fct_sale_check", sales_differ,
     "select store_code || ' ' || sale_date || ' ' || difference_units from core.fct_sale_check"),
    ("M30", "ledger and snapshot differ", "the ledger's count; both in fct_stock_check",
     stock_differs, "select store_code || ' ' || sku_id || ' ' || unexplained_units "
     "from core.fct_stock_check where unexplained_units <> 0"),
]  # fmt: skip
