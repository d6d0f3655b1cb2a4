"""Leaving out what did not change gives the same as building everything, night after night.

Two copies of one retailer go through the same five days; one skips, the other builds every model
and publishes a whole copy. In the days: a late file, a restatement, a file that was held and is
released, a setting, other code, an erasure. After each night every published table is compared.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from baokuan.home import PROJECT, Home
from ingest import outcomes
from ingest.commands.cli import main as ingest_command
from orchestration import runner
from tests.integration.conftest import Retailer
from tests.integration.tables import (
    ask,
    differing,
    published_file,
    published_hashes,
    row_difference,
)
from tests.integration.test_five_days import DAYS, land_day, morning_after, restate_a_line

TRAFFIC = "pos/pos_traffic_snap_20261101_1.csv"


@pytest.fixture
def twins(retailer: Retailer, settings, tmp_path: Path) -> tuple[Retailer, Retailer]:
    """(skips, builds everything)."""
    home = Home(tmp_path / "whole" / "home")
    shutil.copytree(retailer.home.root, home.root)
    return retailer, Retailer(home, lambda now: settings(home, now))


def test_a_night_that_skips_equals_one_that_builds_everything(
    twins, next_days, tmp_path, monkeypatch
) -> None:
    days = next_days(5)
    skips, whole = twins
    project = tmp_path / "dbt_project"
    ignore = shutil.ignore_patterns("target", "logs")
    shutil.copytree(PROJECT / "dbt_project", project, ignore=ignore)
    monkeypatch.setenv("BAOKUAN_DBT_PROJECT", str(project))
    happens: dict[str, Callable[[Retailer], object]] = {
        "20261102": lambda one: restate_a_line(one.home),
        "20261103": lambda one: release_and_set(one.home),
        "20261105": lambda one: erase_somebody(one),
    }
    for day in DAYS:
        if day == "20261104":
            change_a_mart(project)
        for one, builds_all in ((skips, False), (whole, True)):
            one.clock(morning_after(day))
            land_day(one, days, day)
            happens.get(day, lambda one: None)(one)
            report = runner.run(one.home, "intraday", without_skipping=builds_all)
            assert report.version == one.current, report.verdict
            if day == "20261101":
                hold_traffic(one.home)
        compare(day, skips, whole)
    left_out = run_again(skips)
    assert left_out.verdict.headline.startswith("nothing new")
    compare("nothing new", skips, whole)


def compare(day: str, skips: Retailer, whole: Retailer) -> None:
    ours, theirs = published_hashes(skips.home), published_hashes(whole.home)
    assert len(ours) > 25
    different = differing(ours, theirs)
    files = published_file(skips.home), published_file(whole.home)
    shown = "\n".join(f"{t} {n}\n{row_difference(*files, t)}" for t, n in different.items())
    assert different == {}, f"{day}: skipping (a) and building everything (b) differ:\n{shown}"


def hold_traffic(home: Home) -> None:
    """A file that was built in is held back: its rows leave with the next night."""
    mine = [o.file_id for o in outcomes.read_all(home) if o.source == TRAFFIC]
    assert outcomes.set_held(home, mine, "looked at by hand")


def release_and_set(home: Home) -> None:
    """The file counts again, and the retailer changes a threshold."""
    held = [o.file_id for o in outcomes.read_all(home) if o.status == "held"]
    assert outcomes.release(home, held)
    (home.root / "config" / "thresholds.csv").write_text("name,value\ndefault_lead_days,35\n")


def change_a_mart(project: Path) -> None:
    """Other words of a table that no incremental one is made of: it alone is built."""
    model = project / "models" / "marts" / "hits" / "proposals.sql"
    model.write_text(model.read_text(encoding="utf-8") + "\n-- changed\n", encoding="utf-8")


def erase_somebody(one: Retailer) -> None:
    person = "select member_no from core.dim_member where member_no is not null order by 1 limit 1"
    ((number,),) = ask(one.home, person)
    assert ingest_command(["erase", "--member", number]) == 0


def run_again(one: Retailer) -> runner.Report:
    one.clock(morning_after(DAYS[-1]))
    return runner.run(one.home, "intraday")
