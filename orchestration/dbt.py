"""dbt in this process: parse once, build, and what came of each node. No Dagster here.

Running dbt as a child process costs its imports anew, more than the build of a quiet day.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baokuan import clock, memory
from baokuan.home import PROJECT, Home

SOURCES = ("models", "macros", "seeds", "tests", "snapshots")
# What only a release changes: seeds, and the keys of inner tables, which their SQL makes unique. A
# build that is not the release's first leaves them out. Tested every night: what is published, and
# the retailer's own settings (folders config), which change without a release.
PROVEN_FOLDERS = (
    *("seeds", *(f"models/staging/{part}" for part in ("crm", "ec", "erp", "ops", "pos"))),
    *(
        f"models/intermediate/{part}"
        for part in ("changes", "goods", "people", "place", "returns", "sales", "stock")
    ),
)
PROVEN = [
    *("--exclude-resource-type", "seed", "--indirect-selection", "empty", "--exclude"),
    *(f"path:{folder},resource_type:test" for folder in PROVEN_FOLDERS),
]

# Called with a node's name, its place in the build and how many there are.
Started = Callable[[str, int, int], None]


class DbtError(RuntimeError):
    """dbt stopped; the message names the models and what they said."""


@dataclass(frozen=True)
class Node:
    """One model, seed or test after its turn."""

    unique_id: str
    name: str
    kind: str  # model, seed, test, snapshot, operation
    status: str  # success, pass, warn, fail, error, skipped
    seconds: float
    message: str = ""
    failures: int | None = None

    @property
    def is_bad(self) -> bool:
        return self.status in ("error", "fail", "runtime error")

    def line(self) -> str:
        text = f"{self.kind} {self.name}: {self.status} in {self.seconds:.1f} s"
        return f"{text}: {self.message}" if self.is_bad or self.status == "warn" else text


@dataclass
class Build:
    """A whole dbt command: its nodes in run order, and why it stopped early if it did."""

    nodes: list[Node] = field(default_factory=list)
    trouble: str | None = None

    def problem(self) -> str | None:
        """The failed nodes in a few lines; None when all is well."""
        bad = [node for node in self.nodes if node.is_bad]
        if bad:
            skipped = sum(node.status == "skipped" for node in self.nodes)
            lines = [f"{n.kind} {n.name}: {n.message or n.status}" for n in bad[:10]]
            if any("Out of Memory Error" in node.message for node in bad):
                given = os.environ.get("BAOKUAN_BUILD_MEMORY")
                lines.insert(0, f"{given} of memory are too little: set BAOKUAN_MEMORY_LIMIT=<n>GB")
            more = f"; {len(bad) - 10} more" if len(bad) > 10 else ""
            rest = f" ({skipped} nodes after them were skipped)" if skipped else ""
            return "; ".join(lines) + more + rest
        return self.trouble


def project_dir() -> Path:
    """The dbt project; ``BAOKUAN_DBT_PROJECT`` names another one (a changed copy in a test)."""
    return Path(os.environ.get("BAOKUAN_DBT_PROJECT") or PROJECT / "dbt_project").resolve()


def target_dir(home: Home) -> Path:
    """dbt's parse state of this home: another home or profile would invalidate it each time."""
    return home.dbt_manifest.parent


def log_path(home: Home) -> Path:
    """What the last dbt command did, node by node."""
    return target_dir(home).parent / "logs" / "dbt.log"


def is_stale(manifest: Path, project: Path) -> bool:
    """True when the manifest is missing, is of another project, or older than a source of it."""
    if not manifest.is_file():
        return True
    made = manifest.stat().st_mtime_ns
    mark = manifest.with_name("project_dir")
    if not mark.is_file() or mark.read_text(encoding="utf-8") != str(project):
        return True
    files = [project / "dbt_project.yml", project / "profiles.yml"]
    for folder in SOURCES:
        files += [path for path in (project / folder).rglob("*")]
    return any(path.stat().st_mtime_ns > made for path in files if path.exists())


def ensure_manifest(home: Home) -> Path:
    """Parse the project when it changed since the last parse.

    Raises:
        DbtError: the project can't be parsed; says where.
    """
    path, project = home.dbt_manifest, project_dir()
    if is_stale(path, project):
        done = command(home, ["parse"])
        problem = done.problem()
        if problem:
            raise DbtError(f"dbt can't read the project {project}: {problem}")
        path.with_name("project_dir").write_text(str(project), encoding="utf-8")
    return path


def fingerprint(project: Path) -> str:
    """Changes with any model, macro, seed or setting of the project."""
    digest = hashlib.sha256()
    for folder in ("models", "macros", "seeds", "snapshots"):
        for path in sorted((project / folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(project).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    digest.update((project / "dbt_project.yml").read_bytes())
    return digest.hexdigest()


def built_with(home: Home) -> Path:
    """Holds the fingerprint of the project that built the warehouse last."""
    return target_dir(home).parent / "built_with"


def is_new_release(home: Home) -> bool:
    """True when the warehouse was built, wholly or not at all, by other models than today's.

    An incremental table keeps rows that the old models made: they must be built anew once.
    """
    path = built_with(home)
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    return home.warehouse.is_file() and before != fingerprint(project_dir())


def has_seeds(home: Home) -> bool:
    """False for a warehouse that is new, whatever built the one before."""
    found = _asked(home, "select count(*) from duckdb_tables() where schema_name = 'seeds'")
    return bool(found)


def is_set_back(home: Home) -> bool:
    """True when the warehouse's board is of a later day than the one that is to be built.

    Incremental rows of the hit tables then reach beyond that day: they must be built anew.
    """
    has_board = "select count(*) from duckdb_tables() where schema_name = 'hits' "
    if not _asked(home, has_board + "and table_name = 'board'"):
        return False
    day = _asked(home, "select max(as_of_date) from hits.board")
    return day is not None and day > clock.as_of()


def _asked(home: Home, sql: str) -> Any:
    """The single value of a query on the closed warehouse; None where there is no warehouse."""
    import duckdb

    if not home.warehouse.is_file():
        return None
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        return con.execute(sql).fetchall()[0][0]


def read_manifest(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def build(
    home: Home,
    select: Sequence[str] = (),
    full_refresh: bool = False,
    with_tests: bool = True,
    on_node: Callable[[Node], None] | None = None,
    on_start: Started | None = None,
) -> Build:
    """``dbt build`` of the selected nodes (all, if none).

    Unit tests belong to `make test`. Data tests cost dbt a third of a run whatever the size of the
    data: intraday leaves them to the next nightly run and relies on the gates.
    """
    made_by = fingerprint(project_dir())
    words = ["build", "--exclude-resource-type", "unit_test"]
    if not with_tests:
        words += ["--exclude-resource-type", "test"]
    if select:
        words += ["--select", *select]
    elif not full_refresh and not is_new_release(home) and has_seeds(home):
        words += PROVEN
    if full_refresh:
        words.append("--full-refresh")
    done = command(home, words, on_node, on_start)
    if not select and done.problem() is None:
        built_with(home).write_text(made_by, encoding="utf-8")
    return done


def command(
    home: Home,
    words: Sequence[str],
    on_node: Callable[[Node], None] | None = None,
    on_start: Started | None = None,
) -> Build:
    """Run one dbt command in this process and let go of the warehouse file afterwards."""
    from dbt.cli.main import dbtRunner

    os.environ["BAOKUAN_HOME"] = str(home.root)
    os.environ["BAOKUAN_BUILD_MEMORY"] = memory.limit(home)
    result = Build()
    guard = threading.Lock()

    def on_event(event: Any) -> None:
        if event.info.level in ("warn", "error"):
            with guard:
                log.write(f"{event.info.ts.ToJsonString()} {event.info.level}: {event.info.msg}\n")
        if event.info.name == "LogStartLine" and on_start:
            on_start(event.data.node_info.node_name, event.data.index, event.data.total)
        if event.info.name != "NodeFinished":
            return
        node = _node(event.data)
        with guard:
            result.nodes.append(node)
            log.write(f"{event.info.ts.ToJsonString()} {node.line()}\n")
        if on_node:
            on_node(node)

    project = project_dir()
    log_path(home).parent.mkdir(parents=True, exist_ok=True)
    with log_path(home).open("w", encoding="utf-8") as log:
        try:
            # dbt's own log file costs a tenth of a run, whatever its level: ours says enough.
            done = dbtRunner(callbacks=[on_event]).invoke(
                [
                    *("--log-level", "none", "--log-level-file", "none"),
                    "--no-write-json" if words[0] == "build" else "--write-json",
                    *words,
                    *("--project-dir", str(project), "--profiles-dir", str(project)),
                    *("--target-path", str(target_dir(home))),
                    *("--log-path", str(log_path(home).parent)),
                ]
            )
        finally:
            close_connections()
    if done.exception is not None:
        result.trouble = " ".join(str(done.exception).split())[:1500]
    elif not done.success:
        result.trouble = f"dbt ended without success; see {log_path(home)}"
    return result


def close_connections() -> None:
    """dbt keeps the file open until told; the same process could not open it read-only."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _node(data: Any) -> Node:
    info, outcome = data.node_info, data.run_result
    message = " ".join((outcome.message or "").split())[:1000]
    return Node(
        unique_id=info.unique_id,
        name=info.node_name,
        kind=info.resource_type,
        status=info.node_status,
        seconds=outcome.execution_time,
        message=message,
        failures=outcome.num_failures or None,
    )
