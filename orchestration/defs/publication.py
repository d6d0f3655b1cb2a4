"""Warehouse → candidate → gate → published version → ops. The pointer moves last."""

from collections.abc import Iterator, Sequence

import dagster as dg

import quality.docs
import quality.gates
import serving.candidate
import serving.prune
import serving.publish
from orchestration.defs.bronze import first_lines
from orchestration.defs.resources import attempt
from orchestration.instance import POOL

CANDIDATE = dg.AssetKey(["published", "candidate"])
CURRENT = dg.AssetKey(["published", "current"])
OPS_TABLES = ("runs", "file_outcomes", "quality_results", "publications")


@dg.multi_asset_check(
    specs=[dg.AssetCheckSpec("gate", asset=CANDIDATE, blocking=True)],
    pool=POOL,
    required_resource_keys={"session"},
)
def candidate_gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
    """The gate on the candidate: a block_version failure keeps the old version."""
    with attempt(context, "gate on the candidate") as session:
        results = quality.gates.check_candidate(session.home, session.candidate, session.run_id)
        bad = [r for r in results if r.success is False]
        stops = [r for r in bad if r.severity == "block_version"]
        if stops:
            reason = f"gate on the candidate: {first_lines(stops)}"
            serving.publish.refuse(session.home, session.candidate, session.run_id, reason)
            session.fail(reason, refused=True)
    yield dg.AssetCheckResult(
        asset_key=CANDIDATE,
        check_name="gate",
        passed=not stops,
        severity=dg.AssetCheckSeverity.ERROR,
        description=first_lines(bad) or f"{len(results)} expectations met",
    )


@dg.asset(
    key=CURRENT,
    deps=[CANDIDATE],
    group_name="published",
    kinds={"duckdb"},
    pool=POOL,
    required_resource_keys={"session"},
)
def current(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The version that everyone reads from now on; older ones beyond the kept number go."""
    with attempt(context, "publish") as session:
        session.version = serving.publish.publish(
            session.home, session.candidate, session.run_id, session.kind
        )
    return dg.MaterializeResult(metadata={"version": session.version})


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["ops", table], deps=[CURRENT], group_name="ops", kinds={"duckdb"})
        for table in OPS_TABLES
    ],
    required_resource_keys={"session"},
)
def ops(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """What ran and why: the database itself is renewed when the run ends, failed runs included."""
    with attempt(context, "ops") as session:
        serving.prune.prune(session.home)
        if session.kind == "nightly":
            quality.docs.build(session.home)
    for table in OPS_TABLES:
        yield dg.MaterializeResult(asset_key=["ops", table])


def candidate_of(published: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The candidate asset; it waits for every table of the published schemas."""

    @dg.asset(
        key=CANDIDATE,
        deps=list(published),
        group_name="published",
        kinds={"duckdb"},
        pool=POOL,
        required_resource_keys={"session"},
    )
    def candidate(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with attempt(context, "candidate") as session:
            session.candidate = serving.candidate.make(
                session.home, session.kind, session.known_origin
            )
        return dg.MaterializeResult(metadata={"path": str(session.candidate)})

    return candidate
