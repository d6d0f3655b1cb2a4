"""Landing → bronze: one asset a feed, loaded together, and the gate on what was loaded."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import dagster as dg

import ingest.bronze.views
import ingest.load.run
import quality.engine
import quality.gates
from ingest import outcomes
from orchestration import quick
from orchestration.defs.resources import attempt
from orchestration.instance import POOL
from orchestration.session import Session

# Registered beside the feeds; models read them as sources of the same schema.
BOOKS = ("_file", "_feed", "_run")
GATE = "gate"


def build(
    feeds: Sequence[str], books: Sequence[str]
) -> tuple[dg.AssetsDefinition, dg.AssetChecksDefinition]:
    """The bronze assets and their gate.

    Args:
        feeds: names of the canonical feeds.
        books: the other tables of schema bronze that dbt names as sources.
    """
    keys = {name: dg.AssetKey(["bronze", name]) for name in [*feeds, *books]}

    @dg.multi_asset(
        name="bronze",
        specs=[
            dg.AssetSpec(key, group_name="bronze", kinds={"parquet"}, skippable=True)
            for key in keys.values()
        ],
        can_subset=True,
        pool=POOL,
        required_resource_keys={"session"},
    )
    def bronze(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        chosen = {key.path[-1] for key in context.selected_asset_keys}
        quality.engine.load_early()
        with attempt(context, "ingest") as session:
            loaded = ingest.load.run.ingest_landing(
                session.home,
                progress=context.log.info,
                feeds=chosen if chosen & set(feeds) != set(feeds) else None,
            )
            session.outcomes = list(loaded)
            session.seen |= quick.seen_before_building(session.home)
            ingest.bronze.views.register(session.home)
        by_feed = files_by_feed(loaded)
        for name in sorted(chosen):
            yield dg.MaterializeResult(asset_key=keys[name], metadata=by_feed.get(name, {}))

    @dg.multi_asset_check(
        name="bronze_gate",
        specs=[dg.AssetCheckSpec(GATE, asset=keys[feed], blocking=True) for feed in feeds],
        can_subset=True,
        pool=POOL,
        required_resource_keys={"session"},
    )
    def bronze_gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with attempt(context, "gate on bronze") as session:
            results = quality.gates.check_bronze(session.home, session.run_id)
            hold_back(session, results)
            stop = [r for r in results if r.success is False and r.severity == "block_version"]
            if stop:
                session.fail(f"gate on bronze: {first_lines(stop)}", refused=True)
        for key in sorted(context.selected_asset_check_keys):
            yield verdict_of(key, [r for r in results if r.suite == key.asset_key.path[-1]])

    return bronze, bronze_gate


def hold_back(session: Session, results: Iterable[quality.gates.Result]) -> None:
    """Take the new files of failing feeds out of the warehouse; the other feeds go on."""
    why: dict[str, list[str]] = {}
    files: dict[str, set[str]] = {}
    for result in results:
        if result.success is False and result.severity == "block_feed":
            why.setdefault(result.suite, []).append(describe(result))
            files.setdefault(result.suite, set()).update(result.file_ids)
    for feed, reasons in why.items():
        session.held[feed] = "; ".join(reasons)[:600]
        outcomes.set_held(session.home, files[feed], session.held[feed])
    if why:
        session.seen |= quick.seen_before_building(session.home)
        ingest.bronze.views.register(session.home)


def files_by_feed(loaded: Iterable[outcomes.Outcome]) -> dict[str, dict[str, int]]:
    """Files by status and rows kept, for each feed that this run touched."""
    counts: dict[str, Counter[str]] = {}
    for outcome in loaded:
        feed = counts.setdefault(outcome.feed or "unknown", Counter())
        feed[f"files_{outcome.status}"] += 1
        feed["rows_kept"] += outcome.rows_kept or 0
        feed["rows_quarantined"] += outcome.rows_quarantined or 0
    return {feed: dict(count) for feed, count in counts.items()}


def verdict_of(
    key: dg.AssetCheckKey, results: Sequence[quality.gates.Result]
) -> dg.AssetCheckResult:
    """A check fails hard only for block_version; a held feed must not stop the others."""
    bad = [r for r in results if r.success is False]
    stops = any(r.severity == "block_version" for r in bad)
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not bad,
        severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
        description=first_lines(bad) or f"{len(results)} expectations met",
    )


def describe(result: quality.gates.Result) -> str:
    """What was expected, in the suite's words, and what was found; never a row."""
    return f"{result.expectation}: {result.details[:200]} (observed: {result.observed})"


def first_lines(results: Sequence[quality.gates.Result], most: int = 3) -> str:
    more = f" and {len(results) - most} more" if len(results) > most else ""
    return "; ".join(f"{r.suite}: {describe(r)}" for r in results[:most]) + more
