"""The whole way on a small retailer: publish, again, shuffled, next day, and all that may fail."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

from baokuan.home import PROJECT
from ingest.load.run import ingest_landing
from orchestration import dbt
from tests.integration.exports import rows, write
from tests.integration.tables import ask, differing, published_hashes

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


def test_the_unit_tests_of_the_models_pass(retailer) -> None:
    """No nightly run executes them; they need the columns of built tables."""
    done = dbt.command(retailer.home, ["test", "--select", "test_type:unit"])
    written = sum(
        path.read_text(encoding="utf-8").count("\n  - name: ")
        for path in (PROJECT / "dbt_project" / "models").rglob("_unit_tests_*.yml")
    )
    assert done.problem() is None
    assert [node.status for node in done.nodes] == ["pass"] * written


def test_the_same_files_again_change_nothing(retailer, exports: Path) -> None:
    before, first = published_hashes(retailer.home), retailer.current
    retailer.land(exports)
    report = retailer.run("intraday")
    assert report.version is None and retailer.current == first, report.verdict
    assert report.verdict.headline.startswith("nothing new")
    assert differing(published_hashes(retailer.home), before) == {}
    assert list(retailer.home.landing.rglob("*.csv")) == [], "told to be duplicates and archived"


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
    empty_retailer.run("intraday")
    assert (
        differing(published_hashes(empty_retailer.home), published_hashes(published[0].home)) == {}
    )


def again(name: str) -> str:
    """The name a second copy of an export gets: the same day, another sequence."""
    stem, dot, extension = name.partition(".")
    return f"{stem}again{dot}{extension}"


def test_a_broken_model_leaves_the_board_and_says_why(retailer, tmp_path, monkeypatch) -> None:
    serving, before = retailer.current, published_hashes(retailer.home)
    project = tmp_path / "dbt_project"
    shutil.copytree(PROJECT / "dbt_project", project, ignore=shutil.ignore_patterns("target"))
    model = next(project.rglob("fct_sale_line.sql"))
    model.write_text(model.read_text().replace("sale_amt", "no_such_column", 1))
    monkeypatch.setenv("BAOKUAN_DBT_PROJECT", str(project))
    report = retailer.run("intraday")
    assert report.verdict.exit_code == 2 and report.version is None
    assert retailer.current == serving and published_hashes(retailer.home) == before
    (run,) = ask(retailer.home, LAST_RUN)
    assert run[0] == "failed" and "fct_sale_line" in run[1] and "no_such_column" in run[1]
    assert "fct_sale_line" in (retailer.home.reports / "notifications.jsonl").read_text()


LAST_RUN = "select status, reason from ops.runs order by started_at desc limit 1"


def test_a_failed_gate_keeps_the_old_version(retailer) -> None:
    """A clock that is a month slow: the candidate holds sales of days to come."""
    serving, before = retailer.current, published_hashes(retailer.home)
    report = retailer.run("intraday", now="2026-10-01T06:00:00+08:00")
    assert report.verdict.exit_code == 2 and report.verdict.headline.startswith("refused")
    assert retailer.current == serving and published_hashes(retailer.home) == before
    (run,) = ask(retailer.home, LAST_RUN)
    assert run[0] == "refused" and "gate on the candidate" in run[1]
    last = 'select action, reason from ops.publications order by "at" desc limit 1'
    assert ask(retailer.home, last) == [("refused", run[1])]
    failed = "select count(*) from ops.quality_results where status = 'failed' and severity = "
    assert ask(retailer.home, failed + "'block_version'")[0][0] > 0
    assert not list(retailer.home.published.glob(".candidate-*"))


def test_a_day_of_broken_files_and_back(retailer, next_days) -> None:
    """All that may come wrong in one delivery: told with a remedy, the rest goes on."""
    first, before = retailer.current, published_hashes(retailer.home)
    retailer.land(next_days(1))
    broken = break_files(retailer.home.landing)
    done = subprocess.run(
        [sys.executable, "-m", "orchestration", "intraday", "--json"],
        cwd=PROJECT,
        env={**os.environ, "BAOKUAN_NOW": NEXT_MORNING},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr[-3000:]
    report = json.loads(done.stdout)
    assert report["version"] == retailer.current != first

    items = {item["what"]: item for item in report["verdict"]["items"]}
    for kind in ("garbled", "headless", "unknown", "empty", "held"):
        assert items[broken[kind]]["reason"] and items[broken[kind]]["remedy"], kind
    status = {kind: items[broken[kind]]["status"] for kind in broken if broken[kind] in items}
    assert status["unknown"] == "unknown" and status["held"] == "held"
    assert status["garbled"] == status["headless"] == "blocked"
    accounted = "rows_in_file = rows_kept + rows_quarantined + rows_skipped + rows_held"
    (cut,) = ask(
        retailer.home,
        f"select status, {accounted}, rows_quarantined from ops.file_outcomes "
        f"where source = '{broken['truncated']}'",
    )
    assert cut[1] and (cut[0] == "blocked" or cut[2] > 0)
    lines = "select distinct status from ops.file_outcomes where feed = 'pos_receipt_line' "
    assert ask(retailer.home, lines + "and file_date = date '2026-11-01'") == [("held",)]

    assert ask(retailer.home, "select max(as_of_date)::text from hits.board") == [("2026-11-01",)]
    online = "select count(*) from core.fct_sale_line where sale_date = date '2026-11-01'"
    assert ask(retailer.home, online)[0][0] > 0, "the other feeds of the day are in"

    back = subprocess.run(
        ["make", "-s", "rollback"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert back.returncode == 0, back.stderr
    assert retailer.current == first and published_hashes(retailer.home) == before


def break_files(landing: Path) -> dict[str, str]:
    """Spoil some of the files in landing, each in its own way; names below landing by kind."""
    found = {
        "truncated": next(landing.glob("ec/ec_shipment_*")),
        "garbled": next(landing.glob("pos/pos_traffic_*")),
        "headless": next(landing.glob("erp/erp_stock_snap_*")),
        "unknown": landing / "misc" / "notes.csv",
        "empty": next(landing.glob("pos/pos_return_*")),
    }
    raw = found["truncated"].read_bytes()
    found["truncated"].write_bytes(raw[: len(raw) // 2].rstrip(b"\r\n") + b',"')
    found["garbled"].write_bytes(random.Random(1).randbytes(4096))
    found["headless"].write_text("甲,乙,丙\n1,2,3\n", encoding="utf-8")
    found["unknown"].parent.mkdir(parents=True)
    found["unknown"].write_text("a,b\n1,2\n")
    found["empty"].write_bytes(b"")
    for path in landing.glob("pos/pos_receipt_line_*"):
        contradict(path)
    names = {kind: path.relative_to(landing).as_posix() for kind, path in found.items()}
    return {**names, "held": "pos_receipt_line"}


def contradict(path: Path) -> None:
    """Give every amount the sign that its quantity hasn't: readable, and wrong in every row."""
    table = rows(path)
    for row in table:
        negative = "-" in row["数量"] or "－" in row["数量"]
        row["成交额"] = row["成交额"].lstrip("-") if negative else f"-{row['成交额']}"
    write(path, table)
