"""The dbt models, each its own asset under its table's name; one step builds them all."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
import duckdb

import ingest.bronze.views
from baokuan.home import Home
from orchestration import dbt
from orchestration.build import anew, replay
from orchestration.build.script import INCREMENTAL, SEED, TABLE, TEST, Script
from orchestration.defs.resources import attempt
from orchestration.failures import is_locked_message
from orchestration.instance import POOL
from orchestration.session import Session
from serving import reuse
from serving.records import RowCount
from serving.tables import SCHEMAS

CHECK = "dbt_tests"
BOARD = dg.AssetKey(["hits", "board"])
# The nightly run starts at 05:30; at 07:00 the shops' managers look.
BOARD_FRESHNESS = dg.FreshnessPolicy.cron(
    deadline_cron="0 7 * * *", lower_bound_delta=timedelta(hours=3), timezone="Asia/Shanghai"
)


def build(script: Script, manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The models of the script as one subsettable step.

    Args:
        manifest: dbt's, for the words that describe tables.
    """
    tested = {p for step in script.steps if step.kind == TEST for p in step.parents}

    @dg.multi_asset(
        name="dbt",
        specs=specs(script, manifest),
        # One check a table for all its tests: hundreds of single ones slow every run down.
        check_specs=[
            dg.AssetCheckSpec(CHECK, asset=key(step.relation))
            for step in script.steps
            if step.id in tested
        ],
        can_subset=True,
        pool=POOL,
        required_resource_keys={"session"},
    )
    def dbt_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with attempt(context, "dbt build") as session:
            done = replayed(context, session, script)
            session.made_of = replay.made_of(script, done)
            session.row_counts = row_counts(script, done)
            problem = done.problem()
        yield from results(context, script, done, session)
        if problem:
            session.fail(f"dbt build: {problem}")
            raise dg.Failure(
                description=f"dbt build: {problem}",
                metadata={"log": str(dbt.log_path(session.home))},
                allow_retries=False,
            )

    return dbt_models


def key(relation: str) -> dg.AssetKey:
    """Asset key = schema and table."""
    return dg.AssetKey(relation.split("."))


def specs(script: Script, manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """An asset for each relation; the group is the schema."""
    relations = {step.id: step.relation for step in script.steps} | dict(script.sources)
    return [
        dg.AssetSpec(
            key(step.relation),
            deps=[key(relations[parent]) for parent in step.parents],
            description=manifest["nodes"][step.id]["description"] or None,
            group_name=step.relation.partition(".")[0],
            kinds={"dbt", "duckdb"},
            skippable=True,
            freshness_policy=BOARD_FRESHNESS if key(step.relation) == BOARD else None,
        )
        for step in script.steps
        if step.kind != TEST
    ]


def replayed(context: dg.AssetExecutionContext, session: Session, script: Script) -> dbt.Build:
    """The build of this run.

    Raises:
        BlockingIOError: another process holds the warehouse; worth another try.
    """
    why = "as asked" if session.full_refresh else anew.reason(session.home, script)
    if why:
        session.say(f"    every model is built anew: {why}")
        start_file_anew(session.home)
    plan = replay.Plan(
        anew=why,
        # Upon an empty file a few tables picked by hand have nothing to be made of.
        only=None if why else chosen(context, script),
        with_tests=session.kind == "nightly",
        without_skipping=session.without_skipping,
    )
    try:
        return replay.run(
            session.home,
            script,
            plan,
            on_node=lambda node: tell(context, session, node),
            on_start=lambda name, place, of: session.progress.at(
                f"{place} of {of} models and tests", name
            ),
        )
    except duckdb.IOException as error:
        if is_locked_message(str(error)):
            raise BlockingIOError(str(error)) from error
        raise


def start_file_anew(home: Home) -> None:
    """A warehouse file without what was built, and without the room it took."""
    for path in (home.warehouse, home.warehouse.with_name(f"{home.warehouse.name}.wal")):
        path.unlink(missing_ok=True)
    ingest.bronze.views.register(home)


def chosen(context: dg.AssetExecutionContext, script: Script) -> frozenset[str] | None:
    """The nodes of a run of a few tables; None for a run of all."""
    wanted = set(context.selected_asset_keys)
    if wanted == set(context.assets_def.node_keys_by_output_name.values()):
        return None
    wanted |= {check.asset_key for check in context.selected_asset_check_keys}
    return frozenset(s.id for s in script.steps if s.kind != TEST and key(s.relation) in wanted)


def tell(context: dg.AssetExecutionContext, session: Session, node: dbt.Node) -> None:
    """Progress for whoever watches a shell; Dagster keeps what went wrong."""
    if node.is_bad:
        context.log.error(node.line())
    elif node.status == "warn":
        session.say(f"    {node.line()}")
    elif node.kind == "model":
        session.progress.detail(node.line())


def row_counts(script: Script, done: dbt.Build) -> list[RowCount]:
    """Rows of each table and how many this run wrote, in run order; views have none."""
    return [
        RowCount(script.by_id[node.unique_id].relation, node.rows, node.touched)
        for node in done.nodes
        if node.rows is not None
        and node.status in ("success", replay.UNCHANGED)
        and script.by_id[node.unique_id].kind in (TABLE, INCREMENTAL)
    ]


def results(
    context: dg.AssetExecutionContext, script: Script, done: dbt.Build, session: Session
) -> Iterator[Any]:
    """Materialisations, then a check result for each tested table.

    A published table that stayed as it was is told too: what is published waits for all of them.
    """
    if done.is_same and reuse.is_published(session.home, done.whole):
        session.nothing_new = True
        return
    wanted = context.selected_asset_keys
    turns = {node.unique_id: node for node in done.nodes}
    for step in script.steps:  # in topological order, as Dagster wants it
        node = turns.get(step.id)
        if step.kind == TEST or node is None or key(step.relation) not in wanted:
            continue
        if node.status == "success":
            metadata: dict[str, Any] = {"seconds": round(node.seconds, 2)}
            if node.rows is not None and step.kind != SEED:
                metadata |= {"dagster/row_count": node.rows, "rows_touched": node.touched}
            yield dg.MaterializeResult(asset_key=key(step.relation), metadata=metadata)
        elif node.status == replay.UNCHANGED and step.relation.partition(".")[0] in SCHEMAS:
            yield dg.MaterializeResult(asset_key=key(step.relation), metadata={"unchanged": True})
    tests = tests_by_table(script, done)
    for check in context.selected_asset_check_keys:
        if check.asset_key in tests:
            yield check_result(check, tests[check.asset_key])


def tests_by_table(script: Script, done: dbt.Build) -> dict[dg.AssetKey, list[dbt.Node]]:
    """The tests that ran, under each table they look at."""
    found: dict[dg.AssetKey, list[dbt.Node]] = {}
    for node in done.nodes:
        if node.kind == TEST and node.status not in ("skipped", replay.UNCHANGED):
            for parent in script.by_id[node.unique_id].parents:
                if parent in script.by_id:
                    found.setdefault(key(script.by_id[parent].relation), []).append(node)
    return found


def check_result(check: dg.AssetCheckKey, tests: list[dbt.Node]) -> dg.AssetCheckResult:
    open_ = [test for test in tests if test.status not in ("pass", "success")]
    errors = any(test.is_bad for test in open_)
    said = "; ".join(f"{test.name}: {test.message or test.status}" for test in open_[:5])
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=not open_,
        severity=dg.AssetCheckSeverity.ERROR if errors else dg.AssetCheckSeverity.WARN,
        description=said or f"{len(tests)} tests passed",
        metadata={"tests": len(tests), "open": len(open_)},
    )
