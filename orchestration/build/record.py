"""dbt builds an empty warehouse, all anew and then incrementally, and its statements are kept.

They depend on the project alone, never on data: what dbt asks the warehouse for is which tables
there are and which columns they have. The script and dbt's manifest lie below ``.cache/dbt`` of the
project, by fingerprint, so that every home of a release shares them; where that folder can't be
written, below the home.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from baokuan.home import PROJECT, Home
from baokuan.lock import Lock
from ingest.bronze import views
from orchestration import dbt
from orchestration.build.script import INCREMENTAL, SEED, TEST, Script, Step

KEPT = 3  # scripts of other releases, for going back and forth
WAIT_SECONDS = 600.0
# What changes the warehouse; dbt's questions (describe, select) are left out.
_ACTS = ("create", "insert", "delete", "update", "drop", "alter", "truncate", "copy", "merge")
_COMMENT = re.compile(r"^\s*/\*.*?\*/\s*", re.S)
_NAMED = re.compile(r'"warehouse"\."(\w+)"\."(\w+)"')


def script_of(home: Home, say: Any = None) -> Script:
    """The script of the project as it is now; recorded first when it isn't there.

    The home gets the manifest that belongs to it, for the words of published tables.

    Raises:
        dbt.DbtError: dbt can't read the project or build it empty; says which model and why.
    """
    project = dbt.project_dir()
    fingerprint = dbt.fingerprint(project)
    folder = cache_of(home) / fingerprint[:24]
    if not (folder / "script.json").is_file():
        lock = Lock(folder.parent / "recording.lock", "recording of dbt's statements", project)
        with lock.held(WAIT_SECONDS, say):
            if not (folder / "script.json").is_file():
                if say:
                    say("    dbt compiles the models of this release (once)")
                record(project, fingerprint, folder)
                forget_old(folder.parent)
    os.utime(folder)
    hand_over(folder / "manifest.json", home.dbt_manifest, fingerprint)
    return Script.load(folder / "script.json")


def cache_of(home: Home) -> Path:
    """Where scripts are kept: beside the environments, else in the home."""
    shared = PROJECT / ".cache" / "dbt"
    try:
        shared.mkdir(parents=True, exist_ok=True)
        if os.access(shared, os.W_OK):
            return shared
    except OSError:
        pass
    own = home.state / "dbt" / "scripts"
    own.mkdir(parents=True, exist_ok=True)
    return own


def hand_over(manifest: Path, target: Path, fingerprint: str) -> None:
    """Copy the manifest into the home, unless the one that is there is of this release."""
    mark = target.with_name("fingerprint")
    if target.is_file() and mark.is_file() and mark.read_text(encoding="ascii") == fingerprint:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    shutil.copyfile(manifest, target)
    mark.write_text(fingerprint, encoding="ascii")


def forget_old(folder: Path) -> None:
    made = sorted((p for p in folder.iterdir() if (p / "script.json").is_file()), key=_age)
    for path in made[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _age(path: Path) -> float:
    return path.stat().st_mtime


def record(project: Path, fingerprint: str, folder: Path) -> None:
    """Build an empty warehouse with dbt in both modes and write script and manifest."""
    with _empty_home() as home:
        views.register(home)
        anew = _statements(home, ["--full-refresh"])
        change = _statements(home, [])
        manifest = json.loads(home.dbt_manifest.read_text(encoding="utf-8"))
        made = compose(manifest, fingerprint, anew, change)
        part = folder.with_name(f"{folder.name}.tmp-{os.getpid()}")
        part.mkdir(parents=True)
        shutil.copyfile(home.dbt_manifest, part / "manifest.json")
        made.save(part / "script.json")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)


@contextmanager
def _empty_home() -> Iterator[Home]:
    """A home without a file, under the environment that dbt's profile reads."""
    names = ("BAOKUAN_HOME", "BAOKUAN_CONFIG", "BAOKUAN_BUILD_MEMORY", "BAOKUAN_NOW")
    before = {name: os.environ.get(name) for name in names}
    with tempfile.TemporaryDirectory(prefix="baokuan-dbt-") as root:
        os.environ |= {"BAOKUAN_HOME": root, "BAOKUAN_CONFIG": f"{root}/config"}
        try:
            yield Home(Path(root)).make()
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


def _statements(home: Home, mode: list[str]) -> dict[str, list[str]]:
    """What dbt executes for each node.

    Raises:
        dbt.DbtError: a node fails even on an empty warehouse.
    """
    said: dict[str, list[str]] = defaultdict(list)

    def on_query(node: str, sql: str) -> None:
        said[node].append(_COMMENT.sub("", sql).strip())

    words = ["build", "--exclude-resource-type", "unit_test", *mode]
    done = dbt.command(home, words, on_query=on_query, write_json=True)
    problem = done.problem()
    if problem:
        raise dbt.DbtError(f"dbt can't build the project {dbt.project_dir()}: {problem}")
    return said


def compose(
    manifest: Mapping[str, Any],
    fingerprint: str,
    anew: Mapping[str, list[str]],
    change: Mapping[str, list[str]],
) -> Script:
    """The script of what was recorded, parents first. Pure."""
    left_out = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] != "unit_test" and not node["config"].get("enabled", True)
    ]
    if left_out:  # dbt leaves out, with a warning, what refers to a model that is gone
        raise dbt.DbtError(f"dbt left out {', '.join(left_out)}: they refer to what is not there")
    sources = {
        one["unique_id"]: f"{one['schema']}.{one['identifier']}"
        for one in manifest["sources"].values()
    }
    nodes = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed", "test") and anew.get(name)
    }
    relation = {
        name: f"{node['schema']}.{node['alias']}"
        for name, node in nodes.items()
        if node["resource_type"] != "test"
    } | sources
    steps = []
    for name in _in_order(nodes):
        node = nodes[name]
        kind = node["resource_type"]
        parents = tuple(p for p in node["depends_on"].get("nodes", []) if p in relation)
        if kind == "test":
            first = [_asks(anew[name])]
            again = first
        else:
            first, again = _acts(anew[name]), _acts(change[name])
        known = {relation[p] for p in parents} | {relation.get(name, "")}
        named = {f"{schema}.{table}" for sql in again for schema, table in _NAMED.findall(sql)}
        steps.append(
            Step(
                id=name,
                name=node["name"],
                kind=kind if kind in (SEED, TEST) else node["config"]["materialized"],
                relation=relation.get(name) or (relation[parents[0]] if parents else ""),
                folder=str(Path(node["original_file_path"]).parent),
                parents=parents,
                reads=tuple(sorted(named - known)),
                anew=tuple(first),
                change=tuple(again),
                only_warns=str(node["config"].get("severity", "error")).lower() == "warn",
                content=(node.get("checksum") or {}).get("checksum", "") if kind == SEED else "",
            )
        )
    for step in steps:
        if step.kind == INCREMENTAL and not step.change:
            raise dbt.DbtError(f"dbt ran nothing for a change of {step.name}")
    return Script(fingerprint, sources, steps)


def _in_order(nodes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names, parents first."""
    placed: dict[str, None] = {}

    def place(name: str) -> None:
        if name not in placed:
            for parent in nodes[name]["depends_on"].get("nodes", []):
                if parent in nodes:
                    place(parent)
            placed[name] = None

    for name in nodes:
        place(name)
    return list(placed)


def _acts(said: list[str]) -> list[str]:
    """The statements that change the warehouse.

    dbt cuts what it says of loading a seed's file and marks the cut.
    """
    kept = [sql for sql in said if sql.lower().startswith(_ACTS)]
    return [sql.removesuffix("...").rstrip() for sql in kept]


def _asks(said: list[str]) -> str:
    """A test's question: how many rows fail, and whether that warns or stops."""
    return next(sql for sql in reversed(said) if sql.lower().startswith(("select", "with")))
