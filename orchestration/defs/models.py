"""The dbt models, each its own asset under its table's name; one step builds them all."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from orchestration import dbt, row_counts
from orchestration.defs.resources import attempt
from orchestration.failures import is_locked_message
from orchestration.instance import POOL
from orchestration.session import Session

CHECK = "dbt_tests"
TABLES = ("model", "seed", "snapshot")
BOARD = dg.AssetKey(["hits", "board"])
# The nightly run starts at 05:30; at 07:00 the shops' managers look.
BOARD_FRESHNESS = dg.FreshnessPolicy.cron(
    deadline_cron="0 7 * * *", lower_bound_delta=timedelta(hours=3), timezone="Asia/Shanghai"
)


class Translator(DagsterDbtTranslator):
    """Asset key = schema and table; the group is the schema."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["alias"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props["schema"]

    def get_asset_spec(self, manifest, unique_id, project) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        if spec.key == BOARD:
            return spec.replace_attributes(freshness_policy=BOARD_FRESHNESS)
        return spec

    def get_asset_check_spec(self, asset_spec, manifest, unique_id, project) -> dg.AssetCheckSpec:
        """One check a table for all its tests: hundreds of single ones slow every run down."""
        return dg.AssetCheckSpec(CHECK, asset=asset_spec.key)


def build(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The models of the manifest as one subsettable step."""
    translator = Translator()

    @dbt_assets(
        manifest=manifest,
        name="dbt",
        dagster_dbt_translator=translator,
        pool=POOL,
        required_resource_keys={"session"},
        exclude="resource_type:unit_test",
    )
    def dbt_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        with attempt(context, "dbt build") as session:
            reason = reason_to_build_anew(session)
            anew = reason is not None
            if anew:
                session.say(f"    every model is built anew{reason}")
            done = dbt.build(
                session.home,
                chosen(context, manifest, translator),
                anew,
                with_tests=session.kind == "nightly",
                on_node=lambda node: tell(context, session, node),
                on_start=lambda name, place, of: session.progress.at(
                    f"{place} of {of} models and tests", name
                ),
            )
            problem = done.problem()
            if problem and is_locked_message(problem):
                raise BlockingIOError(problem)
            count_rows(session, manifest, done)
        yield from results(context, manifest, translator, done, session)
        if problem:
            session.fail(f"dbt build: {problem}")
            raise dg.Failure(
                description=f"dbt build: {problem}",
                metadata={"log": str(dbt.log_path(session.home))},
                allow_retries=False,
            )

    return dbt_models


def reason_to_build_anew(session: Session) -> str | None:
    """What to add to "every model is built anew"; None for an incremental build."""
    if session.full_refresh:
        return ", as asked"
    if dbt.is_new_release(session.home):
        return ": these models have not built this warehouse yet"
    if dbt.is_set_back(session.home):
        return ": the board that is there is of a later day"
    return None


def chosen(
    context: dg.AssetExecutionContext, manifest: Mapping[str, Any], translator: Translator
) -> list[str]:
    """dbt's selection words for a run of a few tables; empty for a run of all."""
    wanted = set(context.selected_asset_keys)
    if wanted == set(context.assets_def.node_keys_by_output_name.values()):
        return []
    wanted |= {key.asset_key for key in context.selected_asset_check_keys}
    return [
        ".".join(node["fqn"])
        for node in manifest["nodes"].values()
        if node["resource_type"] in TABLES and translator.get_asset_key(node) in wanted
    ]


def tell(context: dg.AssetExecutionContext, session: Session, node: dbt.Node) -> None:
    """Progress for whoever watches a shell; Dagster keeps what went wrong."""
    if node.is_bad:
        context.log.error(node.line())
    elif node.status == "warn":
        session.say(f"    {node.line()}")
    elif node.kind == "model":
        session.progress.detail(node.line())


def count_rows(session: Session, manifest: Mapping[str, Any], done: dbt.Build) -> None:
    built = [node.unique_id for node in done.nodes if node.status == "success"]
    if built and Path(session.home.warehouse).exists():
        session.row_counts = row_counts.count(session.home.warehouse, manifest, built)


def results(
    context: dg.AssetExecutionContext,
    manifest: Mapping[str, Any],
    translator: Translator,
    done: dbt.Build,
    session: Session,
) -> Iterator[Any]:
    """Materialisations in run order, then a check result for each tested table."""
    rows = {count.table: count for count in session.row_counts}
    for node in done.nodes:
        # A model that came into the project after this process read it is no asset yet.
        if node.kind not in TABLES or node.status != "success":
            continue
        if node.unique_id not in manifest["nodes"]:
            continue
        key = translator.get_asset_key(manifest["nodes"][node.unique_id])
        if key not in context.selected_asset_keys:
            continue
        metadata: dict[str, Any] = {"seconds": round(node.seconds, 2)}
        count = rows.get(".".join(key.path))
        if count:
            metadata |= {"dagster/row_count": count.rows, "rows_touched": count.rows_touched}
        yield dg.MaterializeResult(asset_key=key, metadata=metadata)
    tests = tests_by_table(manifest, translator, done.nodes)
    for check in context.selected_asset_check_keys:
        if check.asset_key in tests:
            yield check_result(check, tests[check.asset_key])


def tests_by_table(
    manifest: Mapping[str, Any], translator: Translator, nodes: Sequence[dbt.Node]
) -> dict[dg.AssetKey, list[dbt.Node]]:
    """The tests that ran, under each table they look at."""
    found: dict[dg.AssetKey, list[dbt.Node]] = {}
    for node in nodes:
        if node.kind == "test" and node.status != "skipped":
            test = manifest["nodes"].get(node.unique_id)
            for parent in test["depends_on"]["nodes"] if test else ():
                if parent in manifest["nodes"]:
                    key = translator.get_asset_key(manifest["nodes"][parent])
                    found.setdefault(key, []).append(node)
    return found


def check_result(check: dg.AssetCheckKey, tests: Sequence[dbt.Node]) -> dg.AssetCheckResult:
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
