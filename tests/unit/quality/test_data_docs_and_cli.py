"""Data Docs that work without a network, and the gates as people run them."""

from __future__ import annotations

import re

import duckdb
import pytest

from quality import docs, gates
from quality.__main__ import main
from quality.results import read


@pytest.fixture
def checked(home, bronze, monkeypatch):
    """A bronze with one feed broken, judged; the home is the environment's."""
    monkeypatch.setenv("BAOKUAN_HOME", str(home.root))
    bronze.fill(change={"erp_style": {"tag_price": "case when i < 80 then -1 else 599 end"}})
    return home


def test_the_site_stands_alone_and_every_link_leads_somewhere(checked):
    assert "Nothing has been checked yet" in docs.build(checked).read_text(encoding="utf-8")
    gates.check_bronze(checked, "r1")
    index = docs.build(checked)
    pages = sorted(index.parent.rglob("*.html"))
    assert {p.stem for p in pages} == {
        "index",
        "erp_location",
        "erp_sku",
        "erp_style",
        "pos_receipt_line",
    }
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)=['"](https?:)?//""", text), page
        assert "<script" not in text
        for link in re.findall(r"""href=['"]([^'"#]+)""", text):
            assert (page.parent / link).is_file(), (page, link)
    style = (index.parent / "bronze" / "erp_style.html").read_text(encoding="utf-8")
    assert "吊牌价大于 0" in style
    assert "bad_rows 80, all_rows 100" in style
    assert "block_feed &gt; 50.0%" in style or "block_feed > 50.0%" in style
    row = re.search(r"<tr class='(\w+)'><td><a href='bronze/erp_style.html'>", index.read_text())
    assert row
    assert row.group(1) == "bad"
    assert [p.name for p in checked.reports.iterdir()] == ["data_docs"]


def test_a_gate_by_hand_prints_what_fails_and_its_exit_code_tells(checked, capsys):
    assert main(["bronze"]) == 1
    out = capsys.readouterr().out
    assert "tag_price_range" in out
    assert "bad_rows 80, all_rows 100" in out
    assert "qty_given" not in out
    (record,) = (checked.ops_records / "quality").iterdir()
    assert {line["gate"] for line in read(record)} == {"bronze"}


def test_what_cannot_run_names_the_remedy(home, monkeypatch, capsys):
    monkeypatch.setenv("BAOKUAN_HOME", str(home.root))
    assert main(["bronze"]) == 2
    assert "ingest run" in capsys.readouterr().err
    assert main(["candidate"]) == 2
    assert "make nightly" in capsys.readouterr().err
    duckdb.connect(str(home.warehouse)).close()
    assert main(["candidate", str(home.root)]) == 2
    assert "holds no warehouse.duckdb" in capsys.readouterr().err


def test_help_lists_the_commands(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    for command in ("bronze", "candidate", "docs"):
        assert command in out
