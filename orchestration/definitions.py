"""Everything Dagster knows, put together. Logic lives in the rooms, wiring in ``defs/``."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from baokuan.home import Home
from ingest.contract import load_all
from orchestration import dbt
from orchestration.build import record
from orchestration.defs import bronze, models, publication, triggers
from orchestration.defs.resources import session
from serving.tables import SCHEMAS


@dg.definitions
def defs() -> dg.Definitions:
    """Reads what dbt made of the project and the contracts, ties both together."""
    home = Home.from_env()
    script = record.script_of(home)
    manifest = dbt.read_manifest(home.dbt_manifest)
    feeds = sorted({contract.feed for contract in load_all(extra_contracts())})
    sources = {s["name"] for s in manifest["sources"].values() if s["source_name"] == "bronze"}
    bronze_assets, bronze_gate = bronze.build(
        feeds, sorted((sources | set(bronze.BOOKS)) - set(feeds))
    )
    dbt_models = models.build(script, manifest)
    published = [key for key in dbt_models.keys if key.path[0] in SCHEMAS]
    return dg.Definitions(
        assets=[
            bronze_assets,
            dbt_models,
            publication.candidate_of(published),
            publication.current,
            publication.ops,
        ],
        asset_checks=[bronze_gate, publication.candidate_gate],
        jobs=[triggers.nightly, triggers.intraday],
        schedules=[triggers.nightly_schedule, triggers.intraday_schedule],
        sensors=[triggers.file_arrival],
        resources={"session": session},
        executor=dg.in_process_executor,
    )


def extra_contracts() -> Path | None:
    """The retailer's own folder of contracts (``BAOKUAN_CONTRACTS``)."""
    folder = os.environ.get("BAOKUAN_CONTRACTS")
    return Path(folder) if folder else None
