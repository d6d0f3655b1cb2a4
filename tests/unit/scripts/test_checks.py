"""The static checks of Python find what they are for; those of SQL have a file of their own."""

from __future__ import annotations

from tests.unit.scripts.loading import script

layers, bootstrap = script("check_layers"), script("bootstrap")


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
        "simulator/world/f.py:1: simulator/world must not import simulator/trade"
    )
    (wrong,) = check("simulator", "simulator/new/f.py", "")
    assert "simulator/new/ has no place in FOLDERS" in wrong
    (wrong,) = check("ingest", "ingest/outcomes.py", "from ingest.load import run")
    assert "ingest/outcomes must not import ingest/load" in wrong
    (wrong,) = check("ingest", "ingest/read/f.py", "from ingest.value.values import Values")
    assert "ingest/read must not import ingest/value" in wrong


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
