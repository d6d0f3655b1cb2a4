"""A broken row is refused with file, line, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue import expressions, read

Change = Callable[[str, str, str], int]


def refused(folder: Path) -> list[str]:
    """What the reader and the check of expressions say, one a problem."""
    try:
        return [str(one) for one in expressions.problems(read.read(folder), folder)]
    except read.CatalogueError as error:
        return [str(one) for one in error.problems]


def test_the_project_s_own_is_read(folder: Path) -> None:
    assert refused(folder) == []
    catalogue = read.read(folder)
    numbers = {one.number for one in catalogue.hit_indicators.values() if one.number}
    assert len(numbers) >= 22
    assert numbers == set(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        # a grain that does not exist
        (
            "hit_expressions",
            "\nsell_through_rate,company,",
            "\nsell_through_rate,compny,",
            "unknown grain 'compny'; did you mean company? use one of company, region, channel",
        ),
        # a doubled id
        (
            "hit_indicators",
            "13,weeks_of_supply,",
            "13,sell_through_rate,",
            "'sell_through_rate' stands twice",
        ),
        (
            "hit_expressions",
            "\nstore_sell_through,store,",
            "\nsell_through_rate,store,",
            "'sell_through_rate store' stands twice",
        ),
        # a missing name
        (
            "hit_indicators",
            "售罄率,Sell-through rate,",
            "售罄率,,",
            "name_en is empty; write the English text",
        ),
        (
            "hit_indicators",
            "售罄率,Sell-through rate,",
            ",Sell-through rate,",
            "name_zh is empty; write the Chinese text",
        ),
        (
            "reasons",
            "no_stock,无库存,No stock,",
            "no_stock,无库存,无库存,",
            "name_en: '无库存' has Chinese in it",
        ),
        (
            "reasons",
            "no_stock,无库存,No stock,",
            "no_stock,No stock,No stock!,",
            "has no Chinese in it",
        ),
        (
            "columns",
            "style_name,款名,Style name,,",
            "style_name,款名,Style name,款式的名称,",
            "about_en is empty; about_zh has a text: write it in both languages",
        ),
        # an unknown unit, format, family, need, threshold
        (
            "hit_indicators",
            "Received units,rate,",
            "Received units,ratte,",
            "unknown unit 'ratte'; did you mean rate?",
        ),
        (
            "units",
            "weeks,周,weeks,decimal1",
            "weeks,周,weeks,decimal7",
            "unknown format 'decimal7'; did you mean decimal",
        ),
        (
            "hit_indicators",
            "12,sell_through_rate,sellout",
            "12,sell_through_rate,selout",
            "unknown family 'selout'; did you mean sellout?",
        ),
        (
            "hit_indicators",
            "sales receipts",
            "sales receits",
            "unknown need 'receits'; did you mean receipts?",
        ),
        (
            "hit_indicators",
            "{core_min_sizes}个尺码",
            "{core_min_size}个尺码",
            "unknown threshold 'core_min_size'; did you mean core_min_sizes?",
        ),
        (
            "columns",
            "Less cancelled before shipping,number,pieces",
            "Less cancelled before shipping,text,pieces",
            "a text has no unit or format",
        ),
        # half a ratio, an expression without its parts
        (
            "hit_indicators",
            "bigint,bigint,,sales receipts",
            "bigint,,,sales receipts",
            "sell_through_rate is half a ratio",
        ),
        (
            "hit_expressions",
            "\nsell_through_rate,company,cum_net,recv,",
            "\nsell_through_rate,company,cum_net,,",
            "sell_through_rate lacks a denominator",
        ),
        (
            "hit_expressions",
            "\ndays_since_launch,company,",
            "\ndays_since_lunch,company,",
            "unknown indicator 'days_since_lunch'; did you mean days_since_launch?",
        ),
        (
            "hit_indicators",
            "\n12,sell_through_rate,",
            "\n12,sold_through_rate,",
            "sold_through_rate has no expression",
        ),
        # an expression with an unknown column or reason, or that is no SQL
        (
            "hit_expressions",
            "\nsell_through_rate,company,cum_net,",
            "\nsell_through_rate,company,cum_nett,",
            "numerator uses the unknown column cum_nett; did you mean cum_net? "
            "use a column that hit_inputs.csv has for company",
        ),
        (
            "hit_expressions",
            "case when recv <= 0 then 'no_stock' end",
            "case when recv <= 0 then 'no_stok' end",
            "unknown reason 'no_stok'; did you mean no_stock?",
        ),
        (
            "hit_expressions",
            "\nsell_through_rate,company,cum_net,",
            "\nsell_through_rate,company,cum_net + (,",
            "numerator is no SQL",
        ),
        ("thresholds", "vat_rate,0.13,", "vat_rate,0.13%,", "value: '0.13%'"),
        (
            "hit_rules",
            "reorder,proposal,2,",
            "reorder,proposel,2,",
            "unknown kind 'proposel'; did you mean proposal?",
        ),
        ("hit_levels", "hit,爆款,Hit", "Hit,爆款,Hit", "level: 'Hit' is not allowed"),
    ],
)
def test_a_broken_row(
    folder: Path, change: Change, table: str, old: str, new: str, said: str
) -> None:
    line = change(table, old, new)
    found = refused(folder)
    assert any(said in one for one in found), found
    here = [one for one in found if said in one]
    assert any(f"/{table}.csv:" in one for one in here)
    assert any(one.split(".csv:")[1].startswith(f"{line}:") for one in here), (line, here)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("unit,name_zh", "units,name_zh", "1: unknown column 'units'; did you mean unit?"),
        (",format\n", "\n", "1: column format is missing"),
        ("yuan,元,yuan,money0", "yuan,元,yuan,money0,", "5 values for 4 columns"),
    ],
)
def test_a_broken_table(folder: Path, change: Change, old: str, new: str, said: str) -> None:
    change("units", old, new)
    assert any(said in one for one in refused(folder))


def test_a_lost_table_and_another_encoding(folder: Path) -> None:
    (folder / "units.csv").unlink()
    (folder / "words.csv").write_bytes("column,code,name_zh,name_en\nx,y,款,Z\n".encode("gb18030"))
    found = refused(folder)
    assert any("units.csv:0: the table is missing" in one for one in found)
    assert any("words.csv:0: not UTF-8" in one for one in found)


def test_every_problem_is_told_at_once(folder: Path, change: Change) -> None:
    change("hit_indicators", "售罄率,Sell-through rate,", ",,")
    change("reasons", "no_stock,无库存,", "no_stock,,")
    assert len(refused(folder)) == 3


def test_a_text_over_two_lines_does_not_shift_the_lines_after_it(
    folder: Path, change: Change
) -> None:
    change("reasons", "没有库存、到货或有货门店作分母。", '"没有库存、\n到货或有货门店作分母。"')
    line = change("reasons", "no_sales,无销售,No sales", "no_sales,,No sales")
    assert any(f"reasons.csv:{line}: name_zh is empty" in one for one in refused(folder))
