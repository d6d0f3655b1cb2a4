"""The dbt models, each its own asset under its table's name; one step builds them all."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test, get_subset_selection_for_context

from orchestration import dbt, row_counts
from orchestration.defs.resources import attempt
from orchestration.failures import is_locked_message
from orchestration.instance import POOL
from orchestration.session import Session

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
            done = dbt.build(
                session.home,
                chosen(context, manifest, translator),
                session.full_refresh,
                on_node=lambda node: tell(context, node),
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
                metadata={"log": str(dbt.target_dir(session.home).parent / "logs" / "dbt.log")},
                allow_retries=False,
            )

    return dbt_models


def chosen(
    context: dg.AssetExecutionContext, manifest: Mapping[str, Any], translator: Translator
) -> list[str]:
    """dbt's selection words for a run of a few models; empty for a run of all."""
    if context.selected_asset_keys == set(context.assets_def.node_keys_by_output_name.values()):
        return []
    words, _ = get_subset_selection_for_context(
        context, manifest, None, None, None, translator, None
    )
    return words[1].split() if words else []


def tell(context: dg.AssetExecutionContext, node: dbt.Node) -> None:
    if node.is_bad:
        context.log.error(node.line())
    elif node.kind == "model" or node.status == "warn":
        context.log.info(node.line())


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
    """Materialisations and check results in run order, of what this step was asked for."""
    rows = {count.table: count for count in session.row_counts}
    assets, checks = set(context.selected_asset_keys), set(context.selected_asset_check_keys)
    for node in done.nodes:
        if node.kind in ("model", "seed", "snapshot") and node.status == "success":
            spec = translator.get_asset_spec(manifest, node.unique_id, None)
            if spec.key not in assets:
                continue
            count = rows.get(".".join(spec.key.path))
            metadata: dict[str, Any] = {"seconds": round(node.seconds, 2)}
            if count:
                metadata |= {"dagster/row_count": count.rows, "rows_touched": count.rows_touched}
            yield dg.MaterializeResult(asset_key=spec.key, metadata=metadata)
        elif node.kind == "test" and node.status != "skipped":
            key = get_asset_check_key_for_test(manifest, translator, node.unique_id, None)
            if key is None or key not in checks:
                continue
            yield dg.AssetCheckResult(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=node.status in ("pass", "success"),
                severity=dg.AssetCheckSeverity.ERROR if node.is_bad else dg.AssetCheckSeverity.WARN,
                description=node.message or None,
                metadata={"failures": node.failures or 0},
            )
