"""The retailer's own lists that go with the demo: who is excluded, who sees which region."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from simulator.world.people import People
from simulator.world.places import REGIONS


def excluded(people: People) -> list[tuple[str, str]]:
    """(kind, card number) of staff and resellers."""
    rows = [("staff_member", people.member_no[int(p)]) for p in people.staff]
    return rows + [("reseller_member", people.member_no[int(p)]) for p in people.resellers]


def write_config(folder: Path, people: People) -> None:
    """Write exclusions.csv (staff and reseller cards) and region_users.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = excluded(people)
    pl.DataFrame(rows, schema=["kind", "key"], orient="row").write_csv(folder / "exclusions.csv")
    users = [(f"region_{n + 1}", region) for n, region in enumerate(REGIONS)]
    pl.DataFrame(users, schema=["user_name", "region"], orient="row").write_csv(
        folder / "region_users.csv"
    )
