"""The static checks find what they are for, and nothing in clean code."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import pytest

from baokuan.home import PROJECT


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, PROJECT / "scripts" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


sql, layers, bootstrap = load("check_sql"), load("check_layers"), load("bootstrap")

CLEAN = """\
{{ config(materialized='table') }}
-- varchar in a comment, strftime( as well
with lines as (select * from {{ ref('a') }} where note = 'regexp_matches(' order by 1)
select l.sale_amt, {{ dbt.datediff('a', 'b', 'day') }} as days, row_number() over (order by b) as n
from lines l
"""


def found(text: str) -> list[str]:
    return [str(finding) for finding in sql.check("m.sql", text, is_model=True)]


def test_clean_sql_has_no_finding() -> None:
    assert found(CLEAN) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("select cast(a as varchar) as a from b", "m.sql:1: not portable: varchar → string"),
        ("with x as (\nselect * exclude (a) from b)\nselect c from x", "m.sql:2: not portable"),
        ("select strftime(a, '%Y') as a from b", "strftime("),
        ("select count(distinct a) over (partition by b) as n from c", "grouped subquery"),
        ('select a as "款号" from b', "quoted name"),
        ("with x as (select a from b)\nselect * from x", "m.sql:2: select * in a final select"),
        ("with x as (select a from b)\nselect x.* from x", "select * in a final select"),
        ("select a from b\norder by a", "m.sql:2: order by in a model"),
        ("select a from b\n" * 151, "lines; over 150"),
    ],
)
def test_findings_name_the_line(text: str, what: str) -> None:
    assert any(what in line for line in found(text)), found(text)


def test_rooms_know_only_the_rooms_before_them() -> None:
    assert list(layers.check("serving", "f.py", "import duckdb\nfrom ingest import outcomes")) == []
    (wrong,) = layers.check("ingest", "f.py", "def f():\n    from serving import ops")
    assert wrong == "f.py:2: ingest/ must not import serving/"
    (wrong,) = layers.check("quality", "f.py", "import dagster as dg")
    assert wrong == "f.py:1: only orchestration/ may import dagster"
    (wrong,) = layers.check("orchestration", "f.py", "import simulator.run")
    assert wrong == "f.py:1: orchestration/ must not import simulator/"


def test_folders_of_a_room_know_only_those_before_them() -> None:
    check = layers.check
    down = "from simulator import trade\nfrom simulator.world import hashing"
    assert list(check("simulator", "simulator/papers/f.py", down)) == []
    assert list(check("simulator", "simulator/__main__.py", "from simulator import truth")) == []
    (wrong,) = check("simulator", "simulator/world/f.py", "from simulator import trade")
    assert wrong.startswith(
        "simulator/world/f.py:1: simulator/world/ must not import simulator/trade/"
    )
    (wrong,) = check("simulator", "simulator/new/f.py", "")
    assert "simulator/new/ has no place in FOLDERS" in wrong


def test_the_project_keeps_its_layers() -> None:
    assert layers.findings() == []


def test_settings_of_pip_reach_uv_unless_uv_has_its_own() -> None:
    pip = {"index-url": "i", "extra-index-url": "a b", "find-links": "f g", "timeout": "9"}
    assert bootstrap.uv_settings(pip, {}) == {
        "UV_DEFAULT_INDEX": "i",
        "UV_INDEX": "a b",
        "UV_FIND_LINKS": "f,g",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    own = {"UV_INDEX_URL": "u", "UV_EXTRA_INDEX_URL": "v", "UV_FIND_LINKS": "w"}
    assert bootstrap.uv_settings(pip, own) == {}
