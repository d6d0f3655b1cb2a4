"""A small retailer whose files are good, seeded, and the means to damage and load them.

Belongs here: good files and looking at what became of them. The faults are in ``faults_*``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from baokuan.home import Home
from ingest.bronze import changes, views
from ingest.load.run import ingest_landing
from ingest.outcomes import Outcome

Rows = list[dict[str, str]]
DAY = "20261031"
LINES = f"pos/pos_receipt_line_delta_{DAY}_S1.csv"


def csv_text(rows: Rows, header: list[str] | None = None) -> str:
    """Rows as CSV; a header may give columns other names."""
    names = list(rows[0])
    lines = [",".join(header or names)]
    lines += [",".join(row[name] for name in names) for row in rows]
    return "\n".join(lines) + "\n"


@dataclass
class Score:
    """How often a fault was put in, found, missed, and seen where there was none."""

    injected: int = 0
    found: int = 0
    false: int = 0

    @classmethod
    def of(cls, put: set[Any], seen: set[Any]) -> Score:
        return cls(len(put), len(put & seen), len(seen - put))


@dataclass
class Retailer:
    """Good files of a seed, in a home of their own."""

    root: Path
    random: random.Random
    home: Home = field(init=False)

    def __post_init__(self) -> None:
        self.home = Home(self.root).make()

    def lines(self, count: int = 60, store: str = "S1", day: str = "2026-10-31") -> Rows:
        """Receipt lines; amounts and codes differ from row to row."""
        pick = self.random
        return [
            {
                "店仓代码": store,
                "业务日": day,
                "小票号": f"{i // 2 + 1:04d}",
                "行号": str(i % 2 + 1),
                "条码": f"690{1000000000 + i * 7}",
                "数量": str(1 + pick.randrange(3)),
                "吊牌价": f"{pick.randrange(1000, 9999)}.00",
                "成交额": f"{pick.randrange(50, 999)}.50",
                "促销码": "",
                "销售时间": f"{day} 1{i % 10}:{i % 60:02d}:00",
                "上传时间": f"{day} 23:00:00",
            }
            for i in range(count)
        ]

    def members(self, count: int = 40) -> Rows:
        return [
            {"会员号": f"M{i:04d}", "姓名": "某某", "手机": f"13{self.random.randrange(10**9):09d}",
             "等级": "金", "生日": f"19{70 + i % 30}-05-06", "修改时间": "2026-10-01 10:00:00"}
            for i in range(count)
        ]  # fmt: skip

    def orders(self, count: int = 40) -> Rows:
        return [
            {"平台": "天猫", "订单号": f"19{self.random.randrange(10**16):016d}", "店铺": "旗舰店",
             "状态": "交易成功", "实付": f"{100 + i}.00", "付款时间": "2026-10-31 12:00:00",
             "备注": "请尽快发货", "来源": "直播", "修改时间": f"2026-10-31 13:{i % 60:02d}:00"}
            for i in range(count)
        ]  # fmt: skip

    def barcodes(self, count: int = 60) -> Rows:
        return [
            {"条码": f"0{6901000000 + i}", "款号": f"Q26A{i // 6:04d}", "颜色代码": f"{i % 3 + 10}",
             "尺码代码": f"{i % 2 + 160}", "启用": "是"}
            for i in range(count)
        ]  # fmt: skip

    def stock(self, stores: int = 4, goods: int = 8, day: str = "2026-10-31") -> Rows:
        return [
            {"快照日": day, "店仓代码": f"S{s}", "条码": f"690{g}", "在库数": str(1 + (s + g) % 5)}
            for s in range(1, stores + 1)
            for g in range(goods)
        ]

    def some(self, rows: Rows, count: int = 5) -> list[int]:
        """Places at which to put a fault."""
        return sorted(self.random.sample(range(len(rows)), count))

    def land(self, name: str, content: str | bytes, encoding: str = "utf-8") -> None:
        path = self.home.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))

    def load(self) -> list[Outcome]:
        return ingest_landing(self.home)

    def one(self) -> Outcome:
        (outcome,) = self.load()
        return outcome

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(":memory:") as con:
            views.register(self.home, con)
            return con.execute(sql).fetchall()

    def doubts(self, outcome: Outcome, kind: str = "row", reason: str = "") -> set[int]:
        """Numbers of the file's rows that are in quarantine for a reason."""
        if outcome.quarantine_path is None:
            return set()
        with duckdb.connect(":memory:") as con:
            return {
                row[0]
                for row in con.execute(
                    "select row_no from read_parquet(?) where kind = ? and contains(reason, ?)",
                    [str(self.home.root / outcome.quarantine_path), kind, reason],
                ).fetchall()
            }

    def logged(self, kind: str) -> int:
        """Rows of the last batch that the log of changes says this of."""
        found = changes.read_all(self.home)
        last = max((c.batch for c in found), default=0)
        return sum(c.count for c in found if c.kind == kind and c.batch == last)

    def all_values(self, feed: str, column: str, where: str = "true") -> dict[int, Any]:
        """Row number → value in bronze."""
        sql = f'select _row_no, "{column}" from bronze.{feed} where {where}'
        return dict(self.rows(sql))
