"""M23: bundles and multi-packs in receipts, orders, returns and refunds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_FLOOR, Decimal

from tests.mess.goods import Trade

CENT = Decimal("0.01")


def _bundle(shop: Trade, number: int, shares: bool) -> tuple[str, list[tuple[str, int, int]]]:
    """A set of two or three goods; gives its code and (barcode, pieces, part of the price)."""
    code = f"B{shop.name}-{number}"
    contents = sorted(shop.random.sample(shop.goods, 2 + shop.random.randrange(2)))
    pieces = [1 + shop.random.randrange(3) for _ in contents]
    parts = [1 + shop.random.randrange(8) for _ in contents] if shares else pieces
    for barcode, count, part in zip(contents, pieces, parts, strict=True):
        share = f"{Decimal(part) / 10}" if shares else ""
        shop.documents.add("ec_bundle", 套餐编码=code, 条码=barcode, 件数=count, 分摊比例=share)
    return code, list(zip(contents, pieces, parts, strict=True))


def _split(contents: list[tuple[str, int, int]], units: int, amount: str) -> list[tuple]:
    """(place, SKU, pieces, amount) of each thing in a bundle; the amounts add up to the line's."""
    whole, done, given, found = sum(part for *_, part in contents), 0, Decimal(0), []
    for place, (barcode, pieces, part) in enumerate(contents, 1):
        done += part
        until = (Decimal(amount) * done / whole).quantize(CENT, ROUND_FLOOR)
        sku = f"{barcode.removesuffix('-M')}/C1/M"
        found.append((place, sku, pieces * units, until - given))
        given = until
    return found


def sold(shop: Trade) -> set[str]:
    seen = set()
    for number in range(5):
        code, contents = _bundle(shop, number, shares=number % 2 == 0)
        units = 1 + shop.random.randrange(3)
        amount = f"{shop.random.randrange(5000, 30000) / 100:.2f}"
        if number < 2:
            order = shop.receipt((shop.any(), 1, "90.00"), (code, units, amount))
        else:
            order = "tmall|" + shop.order((shop.any(), 1, "80.00"), (code, units, amount))
        seen |= {f"{order}|2/{place} {sku} {pieces} {paid}"
                 for place, sku, pieces, paid in _split(contents, units, amount)}  # fmt: skip
    return seen


def brought_back(shop: Trade) -> set[str]:
    """Over the counter and by refund: each thing in the bundle comes back to its own sale."""
    seen = set()
    for number in range(4):
        code, contents = _bundle(shop, 10 + number, shares=number % 2 == 0)
        amount = f"{shop.random.randrange(5000, 30000) / 100:.2f}"
        if number < 2:
            order = shop.receipt((code, 1, amount))
            shop.returned(order, code, 1, amount)
        else:
            order = "tmall|" + shop.order((code, 2, amount))
            shop.refund(order.split("|")[1], amount)
        units = 1 if number < 2 else 2
        seen |= {f"{order}|1/{place} {sku} {pieces}"
                 for place, sku, pieces, _ in _split(contents, units, amount)}  # fmt: skip
    return seen


FAULTS: list[tuple[str, str, str, Callable[[Trade], set[str]], str]] = [
    ("M23", "bundles and multi-packs sold", "lines of what is in them, the price shared out", sold,
     "select sale_line_id || ' ' || sku_id || ' ' || sale_units || ' ' || sale_amt "
     "from core.fct_sale_line where bundle_code is not null and bundle_code not like '%-1_'"),
    ("M23", "bundles brought back", "each thing to its own sale", brought_back,
     "select sale_line_id || ' ' || sku_id || ' ' || ret_units from core.fct_return_line "
     "where sale_line_id in (select sale_line_id from core.fct_sale_line "
     "where bundle_code is not null)"),
]  # fmt: skip
