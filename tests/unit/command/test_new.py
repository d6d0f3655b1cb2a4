"""What a recipe begins with is right as written, refuses to overwrite, and is taken back if not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from baokuan.home import PROJECT
from command.new import chart, feed, write
from command.new.app import main
from dashboards import check
from ingest.contract import load_all

VISITS = (
    "回访单号,会员号,手机,Store,回访时间,实收\n"
    "V1,M1,19900000001,S1,2026-10-31 10:00:00,12.50\n"
    "V2,M2,19900000002,S2,2026-10-31 11:00:00,3.00\n"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of a project of its own; contracts written there are read as a retailer's own."""
    contracts, staging = tmp_path / "contracts", tmp_path / "staging"
    contracts.mkdir()
    (staging / "crm").mkdir(parents=True)
    shutil.copy(feed.STAGING / "_sources.yml", staging)
    monkeypatch.setattr(feed, "CONTRACTS", contracts)
    monkeypatch.setattr(feed, "STAGING", staging)
    monkeypatch.setattr(write, "PROJECT", tmp_path)
    monkeypatch.setenv("BAOKUAN_CONTRACTS", str(contracts))
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    return tmp_path


def test_a_feed_from_a_sample_to_its_staging_model(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["feed", "crm_visit", "--zh", "回访", "--en", "Visits"]
    assert main(["feed", "crm_visit"]) == 1
    assert "--from FILE" in capsys.readouterr().err
    assert main([*named, "--from", str(project / "visits.csv")]) == 0
    (made,) = [c for c in load_all() if c.feed == "crm_visit"]
    columns = {column.name: column for column in made.columns}
    assert list(columns) == ["column_1", "member_no", "phone", "store", "column_5", "paid_amt"]
    assert (columns["phone"].personal, columns["paid_amt"].type) == ("phone", "money")
    assert columns["member_no"].id
    assert columns["member_no"].sources == ("会员号", "member_no")

    path = project / "contracts" / "crm_visit.yml"
    text = path.read_text(encoding="utf-8")
    assert text.count("# EDIT") == 5
    path.write_text(text.replace("column_1", "visit_no").replace("key: []", "key: [visit_no]"))
    assert main(["feed", "crm_visit"]) == 0
    sql = (project / "staging" / "crm" / "stg_crm__visit.sql").read_text(encoding="utf-8")
    assert "latest_version(['visit_no'])" in sql and "latest.phone_key," in sql
    described = yaml.safe_load((project / "staging" / "crm" / "stg_crm__visit.yml").read_text())
    assert [c["name"] for c in described["models"][0]["columns"]][-2:] == ["_file_date", "_batch"]
    sources = yaml.safe_load((project / "staging" / "_sources.yml").read_text(encoding="utf-8"))
    assert "crm_visit" in [table["name"] for table in sources["sources"][0]["tables"]]

    assert main(["feed", "crm_visit"]) == 1
    assert "baokuan ingest draft FILE" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["CRM", "visit", "crm-visit", "crm_Visit"])
def test_a_feed_has_a_name_that_says_its_system(project: Path, name: str) -> None:
    assert main(["feed", name]) == 1
    assert not list((project / "contracts").iterdir())


def test_a_damaged_sample_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "empty.csv").touch()
    named = ["feed", "crm_visit", "--zh", "回访", "--en", "Visits", "--from"]
    assert main([*named, str(project / "empty.csv")]) == 1
    assert "the file is empty" in capsys.readouterr().err
    assert main([*named, str(project / "none.csv")]) == 1


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(chart.FOLDER, tmp_path / "spec")
    monkeypatch.setattr(chart, "FOLDER", tmp_path / "spec")
    return tmp_path / "spec" / "dashboards" / "regional.yml"


def of(name: str, dataset: str, *more: str) -> list[str]:
    return ["chart", "regional", name, "--dataset", dataset, "--zh", "库存", "--en", "Stock", *more]


@pytest.mark.parametrize(
    "more",
    [
        ("--by", "region", "--metric", "avail_units"),
        ("--metric", "avail_units"),
        ("--columns", "region,skc_id, avail_units"),
    ],
)
def test_a_chart_is_one_that_the_check_accepts(spec: Path, more: tuple[str, ...]) -> None:
    assert main(of("stock_by", "regions", *more)) == 0
    board = check.load(spec.parents[1]).dashboards["regional"]
    assert "stock_by" in board.charts
    assert spec.read_text(encoding="utf-8").endswith("{stock_by: 12}}\n")
    assert main(of("stock_by", "regions", *more)) == 1


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (of("x", "nothing", "--metric", "avail_units"), "no dataset 'nothing'"),
        (of("x", "regions", "--metric", "no_such"), "no_such"),
        (of("x", "regions"), "give --columns"),
        (of("hits", "regions", "--metric", "avail_units"), "a chart 'hits' already"),
        (["chart", "no", "x", "--dataset", "d", "--zh", "一", "--en", "a"], "there are hit_phone"),
    ],
)
def test_a_wrong_chart_leaves_the_spec_as_it_was(
    spec: Path, words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = spec.read_bytes()
    assert main(words) == 1
    assert reason in capsys.readouterr().err
    assert spec.read_bytes() == before


def test_a_tag_is_refused_while_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert not (PROJECT / "dbt_project" / "seeds" / "catalogue" / "tags.csv").exists()
    assert main(["tag"]) == 1
    assert "dbt_project/seeds/catalogue/tags.csv" in capsys.readouterr().err
