"""A retailer's documents from which the core models are built, with faults put in by seed.

Belongs here: good goods, receipts, orders, refunds and movements, gathered by feed and written once
for all seeds; keys carry the fault and the seed, so that none meets another. Faults and what
becomes of them are in ``faults_core`` and ``faults_bundles``.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baokuan.home import Home

AS_OF = "2026-10-31"
FILES = {
    "erp_style": "erp/erp_style_full_20261031_1.csv",
    "erp_skc": "erp/erp_skc_full_20261031_1.csv",
    "erp_sku": "erp/erp_sku_full_20261031_1.csv",
    "erp_price": "erp/erp_price_full_20261031_1.csv",
    "erp_cost": "erp/erp_cost_delta_20261031_1.csv",
    "erp_location": "erp/erp_location_full_20261031_1.csv",
    "erp_stock_move": "erp/erp_stock_move_delta_20261031_1.csv",
    "erp_stock_snap": "erp/erp_stock_snap_snap_20261031_1.csv",
    "pos_receipt": "pos/pos_receipt_delta_202610_1.csv",
    "pos_receipt_line": "pos/pos_receipt_line_delta_202610_1.csv",
    "ec_order": "ec/ec_order_delta_20261031_1.csv",
    "ec_order_line": "ec/ec_order_line_delta_20261031_1.csv",
    "ec_refund": "ec/ec_refund_delta_20261031_1.csv",
    "ec_bundle": "ec/ec_bundle_full_20261031_1.csv",
    "ops_exclusion": "ops/ops_exclusion_full_20261031_1.csv",
}


@dataclass
class Documents:
    """Rows by feed, for all seeds and faults, and the settings' exclusion list."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    excluded: list[tuple[str, str]] = field(default_factory=list)

    def add(self, feed: str, **row: Any) -> None:
        self.rows[feed].append(row)

    def write(self, home: Home) -> None:
        for feed, rows in self.rows.items():
            path = home.landing / FILES[feed]
            path.parent.mkdir(parents=True, exist_ok=True)
            heads = list(dict.fromkeys(name for row in rows for name in row))
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, heads, restval="")
                writer.writeheader()
                writer.writerows(rows)
        folder = Path(home.root / "config")
        folder.mkdir(parents=True, exist_ok=True)
        listed = [f"{kind},{key}" for kind, key in self.excluded]
        (folder / "exclusions.csv").write_text("\n".join(["kind,key", *listed]) + "\n", "utf-8")


@dataclass
class Trade:
    """One store and its goods, of one fault and one seed."""

    documents: Documents
    name: str
    random: random.Random
    receipts: int = 0
    orders: int = 0

    def __post_init__(self) -> None:
        self.store = f"S-{self.name}"
        self.documents.add(
            "erp_location", 店仓代码=self.store, 名称=self.store, 类型="门店", 性质="直营",
            大区="华东", 开业日="2020-01-01",
        )  # fmt: skip
        self.goods = [self.product(number) for number in range(6)]

    def product(self, number: int, price: bool = True, cost: bool = True) -> str:
        """A style in one colour and size, at 100 yuan, cost 40; gives its barcode."""
        style = f"{self.name}-{number}"
        add = self.documents.add
        add("erp_style", 款号=style, 品名=style, 年份=2026, 季节="2026秋", 波段=1, 小类="T恤")
        add("erp_skc", 款号=style, 颜色代码="C1", 颜色名称="黑")
        add("erp_sku", 条码=f"{style}-M", 款号=style, 颜色代码="C1", 尺码代码="M", 尺码序号=1)
        if price:
            self.price(style, "2026-01-01", "100.00")
        if cost:
            self.cost(style, "202601", "40.00")
        return f"{style}-M"

    def price(self, style: str, since: str, tag: str, until: str = "", **more: str) -> str:
        row = {"价格表": "P1", "失效日": until, "修改时间": "2026-01-01 08:00:00"} | more
        self.documents.add("erp_price", 款号=style, 颜色代码="C1", 生效日=since, 吊牌价=tag, **row)
        return f"{style}/C1|||{row['价格表']}|{since}"

    def cost(self, style: str, month: str, amount: str) -> None:
        self.documents.add("erp_cost", 款号=style, 颜色代码="C1", 期间=month, 实际成本=amount,
                           修改时间=f"{month[:4]}-{month[4:]}-05 08:00:00")  # fmt: skip

    def any(self) -> str:
        return self.random.choice(self.goods)

    def day(self) -> str:
        return f"2026-10-{self.random.randrange(10, 29)}"

    def receipt(self, *lines: tuple[str, int, str], day: str = "", kind: str = "销售",
                store: str = "", **head: str) -> str:  # fmt: skip
        """A receipt of (barcode, pieces, amount); gives the id that the core facts have for it."""
        self.receipts += 1
        day, store = day or self.day(), store or self.store
        number = f"{self.receipts:05d}"
        at = f"{day} 1{self.random.randrange(10)}:00:00"
        key = {"店仓代码": store, "业务日": day, "小票号": number, "上传时间": f"{day} 22:00:00"}
        self.documents.add("pos_receipt", **key, 类型=kind, 销售时间=at, **head)
        for place, (barcode, pieces, amount) in enumerate(lines, 1):
            self.documents.add("pos_receipt_line", **key, 行号=place, 条码=barcode, 数量=pieces,
                               成交额=amount)  # fmt: skip
        return f"{store}|{day}|{number}"

    def sold(self, pieces: int = 1, **more: Any) -> str:
        return self.receipt((self.any(), pieces, f"{90 * pieces}.00"), **more)

    def returned(self, order: str, barcode: str, pieces: int, amount: str, **more: str) -> str:
        """Brought back on the 30th, on a receipt that names the one of the sale."""
        return self.receipt(
            (barcode, -pieces, f"-{amount}"), day="2026-10-30", kind="退货",
            原小票号=order.split("|")[2], **more,
        )  # fmt: skip

    def order(self, *lines: tuple[str, int, str], day: str = "", known: bool = True) -> str:
        """A paid and shipped online order of (merchant code, pieces, amount)."""
        self.orders += 1
        day = day or self.day()
        number = f"{self.name}-{self.orders:05d}"
        if known:
            self.documents.add(
                "ec_order", 平台="天猫", 订单号=number, 店铺="旗舰店", 状态="交易成功",
                付款时间=f"{day} 10:00:00", 发货时间=f"{day} 18:00:00",
                完成时间="2026-10-30 10:00:00", 修改时间="2026-10-30 10:00:00",
            )  # fmt: skip
            for place, (code, pieces, amount) in enumerate(lines, 1):
                self.documents.add(
                    "ec_order_line", 平台="天猫", 订单号=number, 子订单号=place, 商家编码=code,
                    数量=pieces, 分摊实付=amount, 修改时间=f"{day} 10:00:00",
                )  # fmt: skip
        return number

    def refund(self, order: str, amount: str, line: int = 1, kind: str = "退货退款",
               day: str = "2026-10-30", **more: Any) -> str:  # fmt: skip
        number = f"R{len(self.documents.rows['ec_refund'])}-{order}"
        self.documents.add(
            "ec_refund", 平台="天猫", 退款单号=number, 订单号=order, 子订单号=line, 类型=kind,
            实退额=amount, 状态="退款成功", 完成时间=f"{day} 20:00:00", 修改时间=f"{day} 20:00:00",
            **more,
        )  # fmt: skip
        return number

    def move(self, number: str, kind: str, barcode: str, pieces: int, day: str = AS_OF,
             **more: str) -> str:  # fmt: skip
        """One line of a document that takes goods out of the store, or brings them in."""
        gone = kind in ("销售出", "返仓", "采购退出")
        document = f"{self.name}-{number}"
        at = f"{day} 21:00:00"
        self.documents.add(
            "erp_stock_move", 单号=document, 行号=len(self.documents.rows["erp_stock_move"]),
            单据类型=kind, 条码=barcode, 发出数=pieces, 接收数=pieces, 发出时间=at, 接收时间=at,
            状态="已完成", 修改时间=at,
            **({"发出店仓": self.store} if gone else {"接收店仓": self.store}), **more,
        )  # fmt: skip
        return document
