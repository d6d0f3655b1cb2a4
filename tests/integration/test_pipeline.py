"""The whole way on a small retailer: publish, again, shuffled, next day, and all that may fail."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from baokuan.home import PROJECT
from ingest.run import ingest_landing
from tests.integration.tables import ask, differing, hashes, published_hashes

NEXT_MORNING = "2026-11-02T06:00:00+08:00"


def test_the_first_run_publishes_a_board(published) -> None:
    retailer, report = published
    assert report.verdict.exit_code in (0, 1), report.verdict
    assert report.version == retailer.current and report.version.endswith("-nightly")
    (board,) = ask(retailer.home, "select count(*), max(as_of_date)::text from hits.board")
    assert board[0] > 0 and board[1] == "2026-10-31"
    touched = {row["table"]: row["rows_touched"] for row in report.rows}
    assert touched["core.fct_sale_line"] > 0 and touched["hits.board"] == board[0]
    (run,) = ask(retailer.home, "select job, status, version from ops.runs")
    assert run == ("nightly", "success", report.version)
    assert [step["step"] for step in report.steps][:3] == ["bronze", "bronze_gate", "dbt"]
    assert all(step["status"] == "done" for step in report.steps)


def test_the_run_and_its_assets_are_in_dagster(published) -> None:
    import dagster as dg

    retailer, report = published
    with dg.DagsterInstance.from_config(str(retailer.home.state / "dagster")) as instance:
        run = instance.get_run_by_id(report.run_id)
        assert run is not None and run.status == dg.DagsterRunStatus.SUCCESS
        for key in (["bronze", "pos_receipt_line"], ["core", "fct_sale_line"], ["hits", "board"]):
            assert instance.get_latest_materialization_event(dg.AssetKey(key)), key


def test_the_same_files_again_change_nothing(retailer, exports: Path) -> None:
    before = published_hashes(retailer.home)
    retailer.land(exports)
    report = retailer.run()
    assert report.version == retailer.current
    assert differing(published_hashes(retailer.home), before) == {}


def test_doubled_and_shuffled_files_give_the_same_tables(
    published, empty_retailer, exports: Path
) -> None:
    files = [p.relative_to(exports).as_posix() for p in exports.rglob("*") if p.is_file()]
    order = random.Random(5)
    order.shuffle(files)
    third = len(files) // 3 + 1
    for part in (files[:third], files[third : 2 * third], files[2 * third :]):
        for name in part:
            for copy in (name, again(name)):
                target = empty_retailer.home.landing / copy
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(exports / name, target)
        ingest_landing(empty_retailer.home)
    empty_retailer.run()
    assert (
        differing(published_hashes(empty_retailer.home), published_hashes(published[0].home)) == {}
    )


def again(name: str) -> str:
    """The name a second copy of an export gets: the same day, another sequence."""
    stem, dot, extension = name.partition(".")
    return f"{stem}again{dot}{extension}"


def test_the_next_day_moves_the_board_and_touches_little(retailer, next_days) -> None:
    before = {row[0]: row[1] for row in ask(retailer.home, COUNTS)}
    retailer.land(next_days(1))
    report = retailer.run(now=NEXT_MORNING)
    assert ask(retailer.home, "select max(as_of_date)::text from hits.board") == [("2026-11-01",)]
    touched = {row["table"]: row for row in report.rows}
    sales = touched["core.fct_sale_line"]
    assert 0 < sales["rows_touched"] < sales["rows"] / 4
    assert sales["rows"] > before["core.fct_sale_line"]


COUNTS = "select 'core.fct_sale_line', count(*) from core.fct_sale_line"


def test_a_broken_model_leaves_the_board_and_says_why(retailer, tmp_path, monkeypatch) -> None:
    serving, before = retailer.current, published_hashes(retailer.home)
    project = tmp_path / "dbt_project"
    shutil.copytree(PROJECT / "dbt_project", project, ignore=shutil.ignore_patterns("target"))
    model = next(project.rglob("fct_sale_line.sql"))
    model.write_text(model.read_text().replace("sale_amt", "no_such_column", 1))
    monkeypatch.setenv("BAOKUAN_DBT_PROJECT", str(project))
    report = retailer.run()
    assert report.verdict.exit_code == 2 and report.version is None
    assert retailer.current == serving and published_hashes(retailer.home) == before
    (run,) = ask(retailer.home, LAST_RUN)
    assert run[0] == "failed" and "fct_sale_line" in run[1] and "no_such_column" in run[1]
    assert "fct_sale_line" in (retailer.home.reports / "notifications.jsonl").read_text()
    monkeypatch.delenv("BAOKUAN_DBT_PROJECT")
    assert retailer.run().version == retailer.current != serving


LAST_RUN = "select status, reason from ops.runs order by started_at desc limit 1"


def test_a_failed_gate_keeps_the_old_version(retailer) -> None:
    """Nothing new for ten days: the candidate is stale, and stale is not published."""
    serving = retailer.current
    report = retailer.run(now="2026-11-11T06:00:00+08:00")
    assert report.verdict.exit_code == 2 and report.verdict.headline.startswith("refused")
    assert retailer.current == serving
    (run,) = ask(retailer.home, LAST_RUN)
    assert run[0] == "refused" and "gate on the candidate" in run[1]
    (row,) = ask(
        retailer.home, "select action, reason from ops.publications order by at desc limit 1"
    )
    assert row[0] == "refused" and row[1] in run[1]
    failed = (
        "select count(*) from ops.quality_results where not success and severity = 'block_version'"
    )
    assert ask(retailer.home, failed)[0][0] > 0


def test_a_failing_feed_is_held_and_the_others_go_on(retailer, next_days) -> None:
    """Receipt lines whose amounts all contradict: that feed waits, the rest is published."""
    day = next_days(1)
    retailer.land(day)
    for path in (retailer.home.landing / "pos").glob("pos_receipt_line_*"):
        break_amounts(path)
    report = retailer.run(now=NEXT_MORNING)
    assert report.verdict.exit_code == 1 and report.version == retailer.current
    held = [i for i in report.verdict.items if i.what == "pos_receipt_line"]
    assert held and held[0].status == "held" and held[0].remedy
    state = ask(retailer.home, "select distinct status from ops.file_outcomes where "
                "feed = 'pos_receipt_line' and file_date = date '2026-11-01'")  # fmt: skip
    assert ("held",) in state


def break_amounts(path: Path) -> None:
    """Turn the sign of every amount against its quantity: readable, and wrong in every row."""
    raw = path.read_bytes()
    encoding = "gb18030"
    lines = raw.decode(encoding).splitlines()
    at = next(i for i, line in enumerate(lines) if "成交额" in line)
    header = lines[at].split(",")
    column = next(i for i, name in enumerate(header) if name.strip().strip('"') == "成交额")
    for i in range(at + 1, len(lines)):
        cells = lines[i].split(",")
        if len(cells) == len(header):
            cells[column] = f"-{cells[column].lstrip('-')}"
            lines[i] = ",".join(cells)
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))


def test_rollback_goes_back_one_version(retailer, next_days) -> None:
    first, before = retailer.current, published_hashes(retailer.home)
    retailer.land(next_days(1))
    retailer.run(now=NEXT_MORNING)
    assert retailer.current != first
    done = subprocess.run(
        ["make", "-s", "rollback"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert retailer.current == first and published_hashes(retailer.home) == before


@pytest.fixture
def bad_files(retailer, next_days) -> dict[str, Path]:
    """The five ways in which a file arrives broken, among the good files of a day."""
    landing = retailer.home.landing
    retailer.land(next_days(1))
    receipts = sorted((landing / "pos").glob("pos_receipt_line_*"))
    truncated, garbled, headless = receipts[:3]
    truncated.write_bytes(cut_in_quotes(truncated.read_bytes()))
    garbled.write_bytes(os.urandom(4096))
    headless.write_text("甲,乙,丙\n1,2,3\n", encoding="utf-8")
    unknown, empty = (
        landing / "misc" / "notes.csv",
        landing / "pos" / "pos_traffic_delta_20261101_X.csv",
    )
    unknown.parent.mkdir(parents=True, exist_ok=True)
    unknown.write_text("a,b\n1,2\n")
    empty.write_bytes(b"")
    named = {"truncated": truncated, "garbled": garbled, "headless": headless}
    return {**named, "unknown": unknown, "empty": empty}


def cut_in_quotes(raw: bytes) -> bytes:
    """Half a file that ends within a quoted cell, as an interrupted transfer leaves it."""
    return raw[: len(raw) // 2].rstrip(b"\r\n") + b',"'


def test_broken_files_are_told_with_a_remedy_and_the_others_go_on(retailer, bad_files) -> None:
    names = {k: p.relative_to(retailer.home.landing).as_posix() for k, p in bad_files.items()}
    report = retailer.run(now=NEXT_MORNING)
    assert report.verdict.exit_code == 1 and report.version == retailer.current
    items = {item.what: item for item in report.verdict.items}
    for kind in ("garbled", "headless", "unknown", "empty"):
        assert names[kind] in items, (kind, list(items))
        assert items[names[kind]].reason and items[names[kind]].remedy, kind
    assert items[names["unknown"]].status == "unknown"
    assert items[names["garbled"]].status == items[names["headless"]].status == "blocked"
    loaded = "select count(*) from ops.file_outcomes where status = 'loaded' and batch = " \
        "(select max(batch) from ops.file_outcomes)"  # fmt: skip
    assert ask(retailer.home, loaded)[0][0] > 0
    assert ask(retailer.home, "select max(as_of_date)::text from hits.board") == [("2026-11-01",)]
    truncated = ask(retailer.home, "select status, rows_in_file = rows_kept + rows_quarantined + "
                    "rows_skipped + rows_held, rows_quarantined from ops.file_outcomes "
                    f"where source = '{names['truncated']}'")  # fmt: skip
    assert truncated[0][1] and (truncated[0][0] == "blocked" or truncated[0][2] > 0)


def test_the_exit_code_reaches_the_shell(retailer, bad_files) -> None:
    environ = {**os.environ, "BAOKUAN_NOW": NEXT_MORNING}
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", "intraday", "--json"],
        cwd=PROJECT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr[-2000:]
    assert retailer.current.endswith("-intraday") and retailer.current in done.stdout


def test_the_warehouse_holds_what_is_published(published) -> None:
    home = published[0].home
    assert differing(hashes(home.warehouse, ("hits",)), {
        table: value for table, value in published_hashes(home).items() if table.startswith("hits.")
    }) == {}  # fmt: skip
