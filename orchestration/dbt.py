"""dbt in this process: one command, and what came of each node. No Dagster here.

A night's build replays what dbt recorded (``orchestration/build``); dbt itself runs once a release,
for unit tests and for whoever works on the models.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from baokuan import memory
from baokuan.home import PROJECT, Home

SOURCES = ("models", "macros", "seeds", "tests")


class DbtError(RuntimeError):
    """dbt stopped; the message names the models and what they said."""


@dataclass(frozen=True)
class Node:
    """One model, seed or test after its turn."""

    unique_id: str
    name: str
    kind: str  # model, seed, test, snapshot, operation
    status: str  # success, unchanged, pass, warn, fail, error, skipped
    seconds: float
    message: str = ""
    failures: int | None = None
    rows: int | None = None  # of a table, after its turn
    touched: int | None = None  # rows written

    @property
    def is_bad(self) -> bool:
        return self.status in ("error", "fail", "runtime error")

    @property
    def has_failed(self) -> bool:
        return self.is_bad or self.status == "skipped"

    def line(self) -> str:
        text = f"{self.kind} {self.name}: {self.status} in {self.seconds:.1f} s"
        return f"{text}: {self.message}" if self.is_bad or self.status == "warn" else text


@dataclass
class Build:
    """A whole dbt command: its nodes in run order, and why it stopped early if it did."""

    nodes: list[Node] = field(default_factory=list)
    trouble: str | None = None
    is_same: bool = False  # everything is as the last whole build left it: nothing was run
    whole: str = ""  # key of all that the warehouse is made of
    versions: dict[str, str] = field(default_factory=dict)  # of each table, by schema.table
    before: dict[str, str] = field(default_factory=dict)  # the same, as the build found them

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


def fingerprint(project: Path) -> str:
    """Changes with any model, macro, seed, test or setting of the project, and with the engine."""
    digest = hashlib.sha256()
    for name in ("dbt-core", "dbt-duckdb", "duckdb"):
        digest.update(f"{name} {version(name)}\0".encode())
    files = [project / "dbt_project.yml", project / "profiles.yml"]
    for folder in SOURCES:
        files += sorted(path for path in (project / folder).rglob("*") if path.is_file())
    for path in files:
        digest.update(path.relative_to(project).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    digest.update(str(project).encode())  # seeds are loaded from where they lie
    return digest.hexdigest()


def read_manifest(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def command(
    home: Home,
    words: Sequence[str],
    on_node: Callable[[Node], None] | None = None,
    on_query: Callable[[str, str], None] | None = None,
    write_json: bool = False,
) -> Build:
    """Run one dbt command in this process and let go of the warehouse file afterwards.

    Args:
        on_node: told of each node after its turn.
        on_query: told of each statement: unique id of the node, SQL.
        write_json: keep the manifest, which costs a second.
    """
    from dbt.cli.main import dbtRunner

    os.environ["BAOKUAN_HOME"] = str(home.root)
    os.environ["BAOKUAN_BUILD_MEMORY"] = memory.limit(home)
    result = Build()
    guard = threading.Lock()

    def on_event(event: Any) -> None:
        if event.info.level in ("warn", "error"):
            with guard:
                log.write(f"{event.info.ts.ToJsonString()} {event.info.level}: {event.info.msg}\n")
        if on_query and event.info.name == "SQLQuery" and event.data.node_info.unique_id:
            with guard:
                on_query(event.data.node_info.unique_id, event.data.sql)
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
                    "--write-json" if write_json else "--no-write-json",
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
