"""One build of the warehouse: runs the steps whose inputs changed, in order, two or more at a time.

A step is left out when its statements and the versions of all that it reads are those it was last
built from. Whatever fails takes what depends on it along, as with dbt; the others go on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import duckdb
import jinja2
import yaml

from baokuan import memory
from baokuan.home import STORAGE_VERSION, Home
from orchestration import dbt
from orchestration.build import keys, state
from orchestration.build.script import INCREMENTAL, SEED, TEST, VIEW, Script, Step
from orchestration.dbt import Build, Node
from serving.reuse import MadeOf
from serving.tables import SCHEMAS

UNCHANGED = "unchanged"
# Called with a step's name, its place in the build and how many there are.
Started = Callable[[str, int, int], None]
_WRITES = (duckdb.StatementType.DELETE, duckdb.StatementType.INSERT, duckdb.StatementType.UPDATE)
# What only a release changes: seeds, and the keys of inner tables, which their SQL makes unique.
# Their tests run when everything is built anew. Every night: what is published, and the retailer's
# own settings (folders config), which change without a release.
PROVEN = (
    *("seeds", *(f"models/staging/{part}" for part in ("crm", "ec", "erp", "ops", "pos"))),
    *(
        f"models/intermediate/{part}"
        for part in ("changes", "goods", "people", "place", "returns", "sales", "stock")
    ),
)


@dataclass
class Plan:
    """What a build is asked for.

    ``anew``: why every model is built from nothing; None for what changed. ``only``: unique ids of
    the tables to build, whatever changed; None for all.
    """

    anew: str | None = None
    only: frozenset[str] | None = None
    with_tests: bool = True
    without_skipping: bool = False


def run(
    home: Home,
    script: Script,
    plan: Plan,
    on_node: Callable[[Node], None] | None = None,
    on_start: Started | None = None,
) -> Build:
    """Bring the warehouse up to date; a failure of a step is in the answer, never raised.

    Raises:
        duckdb.IOException: another process holds the warehouse.
    """
    at_connect, afterwards = settings(home)
    con = duckdb.connect(str(home.warehouse), config=at_connect)
    try:
        for name, value in afterwards.items():
            con.execute(f"set global {name} = '{value}'")
        replay = _Replay(home, script, plan, con)
        log = dbt.log_path(home)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as out:

            def finished(node: Node) -> None:
                out.write(f"{node.line()}\n")
                if on_node:
                    on_node(node)

            return replay.work(finished, on_start or (lambda name, place, of: None))
    finally:
        con.close()


def settings(home: Home) -> tuple[dict[str, Any], dict[str, Any]]:
    """The engine's settings as dbt's profile has them, at connect time and after it."""
    text = (dbt.project_dir() / "profiles.yml").read_text(encoding="utf-8")
    given = {"BAOKUAN_HOME": str(home.root), "BAOKUAN_BUILD_MEMORY": memory.limit(home)}
    known = {**os.environ, **given}
    profile = jinja2.Template(text).render(
        env_var=lambda name, default="": known.get(name, default)
    )
    output = yaml.safe_load(profile)["baokuan"]["outputs"]["duckdb"]
    at_connect = {"storage_compatibility_version": STORAGE_VERSION, **output["config_options"]}
    return at_connect, output["settings"]


def made_of(script: Script, done: Build) -> MadeOf:
    """What publishing has to know of a build, to write only what differs."""
    tables = {r: step for r, step in script.relations.items() if r.partition(".")[0] in SCHEMAS}
    return MadeOf(
        whole=done.whole,
        versions={r: done.versions[r] for r in tables if r in done.versions},
        before={r: done.before[r] for r in tables if r in done.before},
        replaced={r: step.replaced for r, step in tables.items() if step.replaced},
    )


@dataclass
class _Replay:
    home: Home
    script: Script
    plan: Plan
    con: duckdb.DuckDBPyConnection
    build: Build = field(default_factory=Build)
    failed: set[str] = field(default_factory=set)

    def work(self, on_node: Callable[[Node], None], on_start: Started) -> Build:
        self.on_node, self.on_start = on_node, on_start
        self.before = state.read(self.home)
        self.build.before = dict(self.before.versions)
        self.now = keys.moment(self.con)
        sources = keys.source_versions(self.con, self.home, self.script)
        self.whole = self.build.whole = keys.whole_key(self.script, sources)
        self.tables = self._relations()
        if self._is_same_build():
            self.build.is_same = True
            self.build.versions = self.before.versions
            self.build.nodes = [self._unchanged(step) for step in self._chosen()]
            return self.build
        self.after = state.State(
            fingerprint=self.script.fingerprint,
            keys=dict(self.before.keys),
            versions=self.before.versions | sources,
            codes=dict(self.before.codes),
            passed=dict(self.before.passed),
            rows=dict(self.before.rows),
        )
        state.write(
            self.home,
            state.State(self.before.fingerprint, underway=True, codes=self.before.codes),
        )
        self._clear()
        self._run_all()
        if not self.plan.only and not self.failed:
            self.after.whole, self.after.is_tested = self.whole, self.plan.with_tests
        state.write(self.home, self.after)
        self.build.versions = self.after.versions
        return self.build

    def _is_same_build(self) -> bool:
        wanted = self.plan.anew or self.plan.only is not None or self.plan.without_skipping
        tested = self.before.is_tested or not self.plan.with_tests
        whole = self.tables.keys() >= self.script.relations.keys()
        return not wanted and tested and whole and self.before.whole == self.whole

    def _relations(self) -> dict[str, str]:
        """What is in the warehouse, by ``schema.table``: table or view."""
        return dict(
            self.con.execute(
                "select schema_name || '.' || table_name, 'table' from duckdb_tables() "
                "where database_name = 'warehouse' and not internal union all "
                "select schema_name || '.' || view_name, 'view' from duckdb_views() "
                "where database_name = 'warehouse' and not internal"
            ).fetchall()
        )

    def _clear(self) -> None:
        """Remove what no longer belongs here; everything, where all is built anew."""
        for schema in sorted({r.partition(".")[0] for r in self.script.relations}):
            self.con.execute(f'create schema if not exists "{schema}"')
        ours = {relation.partition(".")[0] for relation in self.script.relations} | set(SCHEMAS)
        for relation, kind in sorted(self.tables.items(), key=lambda item: item[1] == "table"):
            schema, _, table = relation.partition(".")
            step = self.script.relations.get(relation)
            is_other = step is None or (step.kind == VIEW) != (kind == "view")
            if schema in ours and (self.plan.anew or is_other):
                self.con.execute(f'drop {kind} if exists "{schema}"."{table}" cascade')
                del self.tables[relation]
        if self.plan.anew:
            self.after.keys.clear()
            self.after.codes.clear()
            self.after.passed.clear()

    def _chosen(self) -> list[Step]:
        only = self.plan.only
        chosen = []
        for step in self.script.steps:
            if step.kind == TEST:
                asked = self.plan.with_tests and (only is None or only.intersection(step.parents))
                if asked and (self.plan.anew or not step.folder.startswith(PROVEN)):
                    chosen.append(step)
            elif only is None or step.id in only:
                chosen.append(step)
        return chosen

    def _run_all(self) -> None:
        """Parents before children; a step waits for those of its parents that are run at all."""
        waiting = {step.id: step for step in self._chosen()}
        count = len(waiting)
        running: dict[Future[Node], Step] = {}
        done: set[str] = set()
        needs = {step.id: {p for p in step.parents if p in waiting} for step in waiting.values()}
        with ThreadPoolExecutor(max_workers=_threads()) as pool:
            while waiting or running:
                for step in [s for s in waiting.values() if needs[s.id] <= done]:
                    del waiting[step.id]
                    node = self._left_out(step)
                    if node is None:
                        self.on_start(step.name, count - len(waiting), count)
                        running[pool.submit(self._execute, step)] = step
                    else:
                        self._finish(step, node, done)
                        break  # its children may be next
                else:
                    if running:
                        for future in wait(running, return_when=FIRST_COMPLETED).done:
                            self._finish(running.pop(future), future.result(), done)

    def _left_out(self, step: Step) -> Node | None:
        """The outcome of a step that need not or can't run."""
        if self.failed.intersection(step.parents):
            return Node(step.id, step.name, _kind(step), "skipped", 0.0)
        key = self._key(step)
        if not key or self.plan.without_skipping:
            return None
        if step.kind == TEST:
            same = self.before.passed.get(step.id) == key
        else:
            same = step.relation in self.tables and self.after.keys.get(step.id) == key
            same = same and self.plan.only is None
        if not same:
            return None
        return self._unchanged(step)

    def _unchanged(self, step: Step) -> Node:
        rows = self.before.rows.get(step.relation)
        return Node(step.id, step.name, _kind(step), UNCHANGED, 0.0, rows=rows, touched=0)

    def _key(self, step: Step) -> str:
        """Empty where a relation's version is not known: a table picked by hand, after a crash."""
        try:
            return keys.key_of(step, self.script, self.after.versions, self.now)
        except KeyError:
            return ""

    def _execute(self, step: Step) -> Node:
        """Run the statements of one step in one transaction. Called in a thread."""
        started = time.perf_counter()
        cursor = self.con.cursor()
        try:
            if step.kind == TEST:
                return self._ask(cursor, step, started)
            return self._make(cursor, step, started)
        except duckdb.Error as error:
            said = " ".join(str(error).split())[:1000]
            seconds = time.perf_counter() - started
            return Node(step.id, step.name, _kind(step), "error", seconds, said)
        finally:
            cursor.close()

    def _make(self, cursor: duckdb.DuckDBPyConnection, step: Step, started: float) -> Node:
        """Build one relation and note of what it is made."""
        key = self._key(step)
        is_there = step.relation in self.tables
        same_code = self.before.codes.get(step.id) == step.code
        rows = touched = None
        if step.kind == VIEW:
            version = key
            # A view that says less in a change than anew is put in place each time.
            if not (is_there and same_code) or step.anew != step.change:
                self._transact(cursor, step.change if is_there else step.anew)
        else:
            touched = self._transact(cursor, step.change if is_there else step.anew)
            if step.kind == INCREMENTAL and is_there:
                old = self.after.versions.get(step.relation, "")
                version = old if old and not touched else keys.digest([old, key])
                rows = keys.count(cursor, step.relation)
            else:
                version, rows = keys.content(cursor, step.relation)
                touched = rows
            self.after.rows[step.relation] = rows
        self.after.versions[step.relation] = version
        self.after.codes[step.id] = step.code
        self.after.keys.pop(step.id, None)
        if key:
            self.after.keys[step.id] = key
        seconds = time.perf_counter() - started
        return Node(step.id, step.name, _kind(step), "success", seconds, rows=rows, touched=touched)

    @staticmethod
    def _transact(cursor: duckdb.DuckDBPyConnection, statements: Iterable[str]) -> int:
        """Run statements in one transaction; how many rows they deleted and inserted."""
        written = 0
        cursor.execute("begin")
        try:
            for text in statements:
                for one in duckdb.extract_statements(text):
                    answer = cursor.execute(one)
                    if one.type in _WRITES:
                        written += answer.fetchall()[0][0]
            cursor.execute("commit")
        except duckdb.Error:
            cursor.execute("rollback")
            raise
        return written

    def _ask(self, cursor: duckdb.DuckDBPyConnection, step: Step, started: float) -> Node:
        key = self._key(step)
        failures, warns, stops = cursor.execute(step.anew[0]).fetchall()[0]
        status = "fail" if stops and not step.only_warns else "warn" if warns else "pass"
        if status == "pass" and key:
            self.after.passed[step.id] = key
        else:
            self.after.passed.pop(step.id, None)
        message = f"Got {failures} results, expected none" if status != "pass" else ""
        seconds = time.perf_counter() - started
        return Node(step.id, step.name, TEST, status, seconds, message, failures or None)

    def _finish(self, step: Step, node: Node, done: set[str]) -> None:
        done.add(step.id)
        if node.has_failed:
            self.failed.add(step.id)
            self.after.keys.pop(step.id, None)
        self.build.nodes.append(node)
        self.on_node(node)


def _kind(step: Step) -> str:
    """As dbt names it."""
    return step.kind if step.kind in (SEED, TEST) else "model"


def _threads() -> int:
    return max(2, min(4, os.cpu_count() or 2))
