"""The analysts' ways to the figures on the sample version: the notebook, the example queries."""

from __future__ import annotations

import json

import pytest

from baokuan.home import PROJECT, Home
from dashboards.reader import load
from serving.connect import check_sql, connect
from tests.browser.conftest import Site

NOTEBOOK = PROJECT / "docs" / "examples" / "hits.ipynb"


@pytest.fixture(scope="module")
def home(site: Site) -> Home:
    return site.home


def test_the_notebook_runs_from_top_to_bottom(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAOKUAN_HOME", str(home.root))
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            assert cell["outputs"] == [], "a notebook is kept without its outputs"
    said = capsys.readouterr().out
    assert "门店" in said
    assert "Tmall" in said


def test_the_saved_queries_pass_the_lock_down(home: Home) -> None:
    with connect(home) as con:
        for query in load().queries.values():
            check_sql(query.sql)
            con.execute(query.sql).fetchall()
