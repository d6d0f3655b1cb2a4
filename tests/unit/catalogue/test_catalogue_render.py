"""What repeats the catalogue is rendered from it, and drift is shown as a diff."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from baokuan.home import PROJECT
from catalogue import glossary, read, render
from catalogue.__main__ import main

Change = Callable[[str, str, str], int]
BOARD = "dbt_project/models/marts/hits/board.yml"
REPEATED = (
    "docs/indicators.md", "dbt_project/seeds/hit_needs.csv",
    "dbt_project/macros/hits/catalogue.sql", "dbt_project/models/columns.md",
)  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of the files that are rendered."""
    for folder in ("dbt_project/models/core", "dbt_project/models/marts", "docs/catalogue"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    for name in REPEATED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    return tmp_path


def test_the_project_s_files_are_as_their_rows_say(root: Path) -> None:
    assert render.rendering(read.project(), root).drift(root) == ""


def test_an_edited_file_is_shown_as_a_diff_and_rendered_again(root: Path) -> None:
    path = root / BOARD
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "sell_through_rate_num, data_type: 'bigint'", "sell_through_rate_num, data_type: 'int'"
        )
    )
    made = render.rendering(read.project(), root)
    diff = made.drift(root)
    assert f"--- {BOARD}\n+++ {BOARD} (rendered)" in diff
    assert "-      - {name: sell_through_rate_num, data_type: 'int'" in diff
    assert "+      - {name: sell_through_rate_num, data_type: 'bigint'" in diff
    assert made.write() == [path]
    assert path.read_text("utf-8") == text


def test_one_changed_name_reaches_every_place_that_repeats_it(
    root: Path, folder: Path, change: Change
) -> None:
    change("hit_indicators", "售罄率,Sell-through rate,", "售罄比,Sold share,")
    diff = render.rendering(read.read(folder), root).drift(root)
    for name in (
        "dbt_project/models/columns.md",
        "docs/indicators.md",
        "docs/catalogue/indicators.md",
    ):
        assert f"+++ {name} (rendered)" in diff
    assert "+售罄比：" in diff


def test_a_new_indicator_is_two_rows(root: Path, folder: Path) -> None:
    indicator = (
        "23,sold_per_view,quality,每访客件数,Units per visitor,,,净销量,Net units,访客,Visitors,"
        'rate,,up,,,"decimal(18, 6)",bigint,bigint,,views,net units ÷ visitors,\n'
    )
    expression = (
        "sold_per_view,company,w7_org_net,viewers,case when viewers <= 0 then 'no_views' end\n"
    )
    for table, row in (("hit_indicators", indicator), ("hit_expressions", expression)):
        with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write(row)
    made = render.rendering(read.read(folder), root)
    changed = {path.relative_to(root).as_posix(): text for path, text in made.files.items()}
    board = changed[BOARD]
    for name in ("", "_num", "_den", "_status", "_last", "_last_date"):
        assert f"{{name: sold_per_view{name}, data_type:" in board
    assert "- sold_per_view_status\n" in board
    assert "('w7_org_net', 'viewers'," in changed["dbt_project/macros/hits/catalogue.sql"]
    assert "sold_per_view,views,ec_event\n" in changed["dbt_project/seeds/hit_needs.csv"]
    assert (
        "| 23 | `sold_per_view` | 每访客件数 / Units per visitor |" in changed["docs/indicators.md"]
    )


def test_a_column_without_a_label_is_told_with_its_line(root: Path) -> None:
    path = root / BOARD
    text = path.read_text("utf-8")
    old = "      - {name: style_name, "
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, "      - {name: stile_name, "))
    (problem,) = render.rendering(read.project(), root).problems
    assert str(problem) == (
        f"{BOARD}:{line}: column stile_name has no label; did you mean style_name? "
        "add a row for it to seeds/catalogue/columns.csv"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: [品名, Style]", ["'品名' is not our word; write 款名"]),
        (
            "按爆款分排序，共12个大区",
            ["'爆款分' is not our word; write 得分", "'大区' is not our word; write 区域"],
        ),
        ("总仓可售100件", ["'可售' is not our word; write 可用"]),
        ("款名、得分、区域与可用件数", []),
        ("门店收货单", []),
        ("从滞销店收货", []),
        ("收货调往动销门店", ["'收货调' is not our word; write 撤货"]),
    ],
)
def test_words_to_avoid(text: str, said: list[str]) -> None:
    found = glossary.found(read.project(), "x.yml", text)
    assert sorted(str(one).split(": ", 1)[1] for one in found) == sorted(said)


def test_what_is_quoted_in_the_docs_is_a_name_of_someone_else_s() -> None:
    text = "表头 `品名` 读作款名\n```\n品名,大区\n```\n可售\n"
    (one,) = glossary.found(read.project(), "docs/x.md", text)
    assert (one.line, one.what) == (5, "'可售' is not our word")


def test_check_and_new_as_commands(
    monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert "files as their rows say" in capsys.readouterr().out
    from catalogue import new

    monkeypatch.setattr(new.indicator, "__defaults__", (folder,))
    before = (folder / "hit_indicators.csv").read_bytes()
    last = max(one.number or 0 for one in read.read(folder).hit_indicators.values())
    asked = ["indicator", "cum_paid", "--zh", "累计销售件数", "--en", "Units sold so far"]
    assert main([*asked, "--numerator", "cum_gros"]) == 1
    assert "did you mean cum_gross?" in capsys.readouterr().err
    assert (folder / "hit_indicators.csv").read_bytes() == before
    assert main([*asked, "--numerator", "cum_gross"]) == 0
    assert "tests/hits/golden.csv" in capsys.readouterr().out
    made = read.read(folder).hit_indicators["cum_paid"]
    assert (made.number, made.unit, made.value_type) == (last + 1, "pieces", "bigint")
