"""Small words for entering retail facts: stores, goods, sales, returns, stock, orders.

What belongs here: turning "sold 3 at S1 on day 5" into one core row with the amounts that follow
from price, tag, cost and VAT. What does not: indicators and expected values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.hits.harness import FOREVER, Warehouse

CENT = Decimal("0.01")
SIZES = ("S", "M", "L", "XL", "2XL")


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Skc:
    """One style-colour and its facts; days are counted from launch, day 1 being the launch day."""

    warehouse: Warehouse
    skc_id: str
    launch: date
    tag: Decimal = Decimal(100)
    price: Decimal = Decimal(80)
    cost: Decimal | None = Decimal(30)
    window: int = 7
    amount: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    lines: int = 0
    sales: dict[str, dict[str, Any]] = field(default_factory=dict)

    def day(self, n: int) -> date:
        """The date of day n; day 0 is the day before launch."""
        return self.launch + timedelta(days=n - 1)

    def sku(self, size: str) -> str:
        return f"{self.skc_id}/{size}"

    def _vat(self, amount: Decimal) -> Decimal:
        """VAT of a line, rounded so that the lines' VAT sums to the rounded VAT of their total."""
        self.amount += amount
        total = cents(self.amount * Decimal("0.13") / Decimal("1.13"))
        part, self.vat = total - self.vat, total
        return part

    def sale(self, n: int, units: int, store: str | None = None, **more: Any) -> str:
        """A sale line on day n in a store, or online without one; returns its id."""
        self.lines += 1
        line_id = f"{self.skc_id}#{self.lines}"
        channel = more.pop("channel", "store" if store else "tmall")
        price, size = more.pop("price", self.price), more.pop("size", "M")
        closes = more.pop("closes", n + self.window)
        row = self.warehouse.add(
            "fct_sale_line",
            **{
                "sale_line_id": line_id,
                "order_id": more.pop("order", line_id),
                "source": "pos" if store else "ec",
                "channel_id": channel,
                "channel_group": "store" if channel == "store" else "online",
                "store_code": store,
                "sku_id": self.sku(size),
                "skc_id": self.skc_id,
                "style_id": self.skc_id.split("/")[0],
                "sale_date": self.day(n),
                "sale_units": units,
                "sale_amt": price * units,
                "tag_amt": self.tag * units,
                "unit_cost": self.cost,
                "cogs_amt": None if self.cost is None else self.cost * units,
                "vat_amt": self._vat(price * units),
                "fullprice_units": units,
                "closes_on": None if closes is None else self.day(closes),
            }
            | more,
        )
        self.sales[line_id] = row
        return line_id

    def back(self, line_id: str | None, n: int, units: int, **more: Any) -> None:
        """A return on day n of a sale line, or of a sale nobody finds."""
        sale = self.sales.get(line_id or "", {})
        self.lines += 1
        price = Decimal(sale["sale_amt"]) / sale["sale_units"] if sale else self.price
        resalable = more.get("is_resalable", True)
        self.warehouse.add(
            "fct_return_line",
            **{
                "return_line_id": f"{self.skc_id}#{self.lines}",
                "source": sale.get("source", "pos"),
                "channel_id": sale.get("channel_id", "store"),
                "channel_group": sale.get("channel_group", "store"),
                "store_code": sale.get("store_code"),
                "sale_line_id": line_id,
                "sku_id": sale.get("sku_id", self.sku("M")),
                "skc_id": self.skc_id,
                "style_id": self.skc_id.split("/")[0],
                "sale_date": sale.get("sale_date", self.day(n)),
                "post_date": self.day(n),
                "ret_units": units,
                "ret_amt": price * units,
                "ret_tag_amt": self.tag * units,
                "ret_cogs_amt": (
                    None if self.cost is None else self.cost * (units if resalable else 0)
                ),
                "ret_vat_amt": -self._vat(-price * units),
                "is_presale": sale.get("is_presale", False),
                "is_orphan": line_id is None,
            }
            | more,
        )

    def stock(
        self, store: str, size: str, units: int, first: int, end: int | None = None, **more: Any
    ) -> None:
        """Stock at the close of days first .. end - 1 (for ever without an end)."""
        held = more.get("reserved_units", 0) + more.get("locked_units", 0)
        self.warehouse.add(
            "fct_stock_interval",
            store_code=store,
            sku_id=self.sku(size),
            skc_id=self.skc_id,
            valid_from=self.day(first),
            valid_to=FOREVER if end is None else self.day(end),
            onhand_units=units,
            avail_units=max(units - held, 0),
            **more,
        )

    def order(self, n: int, units: int, kind: str = "first", **more: Any) -> None:
        self.lines += 1
        po_no = more.pop("po_no", f"PO{self.lines}-{self.skc_id}")
        self.warehouse.add(
            "fct_po_line",
            **{
                "po_line_id": f"{po_no}|{self.lines}", "po_no": po_no, "po_type": kind,
                "sku_id": self.sku("M"), "skc_id": self.skc_id, "ordered_units": units,
                "order_date": self.day(n),
            } | more,
        )  # fmt: skip

    def receive(self, n: int, units: int, po_no: str | None = None) -> None:
        self.lines += 1
        self.warehouse.add(
            "fct_stock_move", move_id=f"{self.skc_id}|{self.lines}", move_type="purchase_in",
            store_code="DC", sku_id=self.sku("M"), skc_id=self.skc_id, move_date=self.day(n),
            units=units, recv_units=units, po_no=po_no,
        )  # fmt: skip

    def presale(self, n: int, units: int, **more: Any) -> None:
        self.lines += 1
        self.warehouse.add(
            "fct_presale",
            **{
                "presale_id": f"{self.skc_id}|{self.lines}", "campaign": "C", "platform": "tmall",
                "order_id": f"P{self.lines}", "sku_id": self.sku("M"), "skc_id": self.skc_id,
                "deposit_date": self.day(n), "balance_date": self.day(n),
                "presale_units": units, "capped_units": min(units, 20),
            } | more,
        )  # fmt: skip

    def plan(self, *stores: str) -> None:
        for store in stores:
            self.warehouse.add(
                "fct_store_plan", season="2026AW", skc_id=self.skc_id, store_code=store
            )


def skc(warehouse: Warehouse, skc_id: str, launch: date, **more: Any) -> Skc:
    """A style-colour of season 2026AW with its sizes, tag price and cost."""
    facts = {k: more.pop(k) for k in ("tag", "price", "cost", "window") if k in more}
    sizes = more.pop("sizes", SIZES)
    made = Skc(warehouse, skc_id, launch, **facts)
    style = skc_id.split("/")[0]
    labels = {
        "season_year": more.pop("season_year", 2026), "season_code": "AW", "season_name": "2026AW",
        "category_l1": "上装", "category_l2": "上衣", "category_l3": "T恤", "band": "1",
    } | more  # fmt: skip
    warehouse.add(
        "dim_skc",
        **{"skc_id": skc_id, "style_id": style, "launch_date": launch, "size_count": len(sizes)}
        | labels,
    )
    known = {k: v for k, v in labels.items() if k in warehouse.schemas["dim_style"]}
    warehouse.add("dim_style", style_id=style, style_name=style, **known)
    for order, size in enumerate(sizes, 1):
        warehouse.add(
            "dim_sku", sku_id=made.sku(size), skc_id=skc_id, style_id=style, size_code=size,
            size_name=size, size_order=order,
        )  # fmt: skip
    always = {"skc_id": skc_id, "valid_from": date(2020, 1, 1), "valid_to": FOREVER}
    warehouse.add("dim_price", **always, tag_price=made.tag, retail_price=made.tag)
    if made.cost is not None:
        warehouse.add("dim_cost", **always, unit_cost=made.cost)
    return made


def store(warehouse: Warehouse, code: str, **more: Any) -> str:
    """An own store in the south, open since 2020."""
    warehouse.add(
        "dim_store",
        **{
            "store_code": code, "store_name": code, "region": "华东", "climate_zone": "夏热冬冷",
            "open_date": date(2020, 1, 1),
        } | more,
    )  # fmt: skip
    return code
