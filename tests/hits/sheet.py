"""The further golden cases, kept as two tables: facts that enter, values that must come out.

``golden_facts.csv`` holds each case's rows at the core facts, in numbers and in words; days count
from launch, day 1 being the launch day. ``golden_values.csv`` holds what follows from the
definitions, worked out by hand. What belongs here: reading the first into core rows. What does not:
expected values.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.hits.harness import Warehouse
from tests.hits.retail import Skc, skc, store

FOLDER = Path(__file__).parent
Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FACTS, VALUES = table("golden_facts.csv"), table("golden_values.csv")


class Sheet:
    """Enters the facts of all cases; knows each SKC by its id."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.skcs: dict[str, Skc] = {}
        self.lines: dict[tuple[str, str], str] = {}

    def enter(self) -> dict[str, Skc]:
        """Enter every row by the method named after its fact."""
        for row in FACTS:
            enter: Callable[[Row, dict[str, Any]], None] = getattr(self, f"_{row['fact']}")
            enter(row, self._also(row))
        return self.skcs

    def _also(self, row: Row) -> dict[str, Any]:
        it = self.skcs.get(row["skc"])
        pairs = [part.split("=") for part in row["also"].split(";") if part.strip()]
        return {key.strip(): worth(value.strip(), it, self._launch(row)) for key, value in pairs}

    def _launch(self, row: Row) -> Any:
        return self.warehouse.as_of - timedelta(days=int(row["day"] or 1) - 1)

    def _skc(self, row: Row, also: dict[str, Any]) -> None:
        if "sizes" in also:
            also["sizes"] = also["sizes"].split()
        self.skcs[row["skc"]] = skc(self.warehouse, row["skc"], self._launch(row), **also)

    def _store(self, row: Row, also: dict[str, Any]) -> None:
        for place in places(row):
            self.skcs[row["skc"]].plan(store(self.warehouse, place, **also))

    def _order(self, row: Row, also: dict[str, Any]) -> None:
        self.skcs[row["skc"]].order(int(row["day"]), int(row["units"]), **also)

    def _receive(self, row: Row, also: dict[str, Any]) -> None:
        self.skcs[row["skc"]].receive(int(row["day"]), int(row["units"]), **also)

    def _presale(self, row: Row, also: dict[str, Any]) -> None:
        self.skcs[row["skc"]].presale(int(row["day"]), int(row["units"]), **also)

    def _sale(self, row: Row, also: dict[str, Any]) -> None:
        for place in places(row):
            size = row["size"] or "M"
            line = self.skcs[row["skc"]].sale(
                int(row["day"]), int(row["units"]), place or None, size=size, **also
            )
            if row["name"]:
                self.lines[row["skc"], row["name"]] = line

    def _back(self, row: Row, also: dict[str, Any]) -> None:
        line = self.lines.get((row["skc"], row["name"]))
        self.skcs[row["skc"]].back(line, int(row["day"]), int(row["units"]), **also)

    def _stock(self, row: Row, also: dict[str, Any]) -> None:
        end = int(row["until"]) if row["until"] else None
        for place in places(row):
            self.skcs[row["skc"]].stock(
                place, row["size"], int(row["units"]), int(row["day"]), end, **also
            )

    def _view(self, row: Row, also: dict[str, Any], event: str = "pdp_view") -> None:
        it = self.skcs[row["skc"]]
        for n in range(int(row["units"])):
            visitor = f"{it.skc_id} {row['name']}{n}"
            self.warehouse.add(
                "fct_event",
                **{
                    "event_id": f"{visitor} {event} {row['day']}", "event": event,
                    "visitor_key": visitor, "event_date": it.day(int(row["day"])),
                    "skc_id": it.skc_id, "is_bot": False, "is_staff": False,
                } | also,
            )  # fmt: skip

    def _cart(self, row: Row, also: dict[str, Any]) -> None:
        self._view(row, also, "add_cart")

    def _arrival(self, row: Row, also: dict[str, Any]) -> None:
        day = self.skcs[row["skc"]].day(int(row["day"]))
        for place in places(row):
            self.warehouse.add(
                "fct_arrival", store_code=place, biz_date=day, is_expected=True, **also
            )


def places(row: Row) -> Iterator[str]:
    """``S1..S3`` is three stores; nothing is online."""
    span = re.fullmatch(r"(\D+)(\d+)\.\.\1(\d+)", row["place"])
    if span is None:
        yield row["place"]
        return
    for number in range(int(span[2]), int(span[3]) + 1):
        yield f"{span[1]}{number}"


def worth(text: str, it: Skc | None, launch: Any) -> Any:
    """A value of the column ``also``: yes, no, nothing, ``D4`` (a day), a number, else a word."""
    if text in ("yes", "no", ""):
        return {"yes": True, "no": False, "": None}[text]
    if day := re.fullmatch(r"D(-?\d+)", text):
        first = it.launch if it else launch
        return first + timedelta(days=int(day[1]) - 1)
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return Decimal(text)
    return text
