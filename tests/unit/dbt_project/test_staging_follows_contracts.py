"""Staging models and the feed contracts name the same columns: the schema is written once.

Feeds that no model uses yet have a contract and a bronze view, but are no source.
"""

from __future__ import annotations

import re

import pytest
import yaml

from baokuan.home import PROJECT
from ingest.bronze import schema
from ingest.contract import Contract, load_all

STAGING = PROJECT / "dbt_project" / "models" / "staging"
SOURCES = {
    table["name"]
    for table in yaml.safe_load((STAGING / "_sources.yml").read_text(encoding="utf-8"))["sources"][
        0
    ]["tables"]
    if table["name"][0] != "_"
}
CONTRACTS = [c for c in load_all() if c.source is None and c.feed in SOURCES]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.feed)
def test_every_contract_column_is_staged_and_no_other(contract: Contract) -> None:
    system, entity = contract.feed.split("_", 1)
    path = STAGING / system / f"stg_{system}__{entity}.sql"
    assert path.is_file(), f"{contract.feed} has a contract but no staging model {path.name}"
    used = set(re.findall(r"\blatest\.([a-z]\w*)", path.read_text(encoding="utf-8")))
    given = {name for name, _ in schema.columns(contract) if name[0] != "_"}
    assert given - used == set(), f"{path.name} leaves out columns of the contract"
    assert used - given == set(), f"{path.name} names unknown columns"


def test_every_source_has_a_contract_and_every_staging_model_a_source() -> None:
    assert {contract.feed for contract in CONTRACTS} == SOURCES
    models = {p.stem for p in STAGING.rglob("stg_*.sql") if p.parent.name != "config"}
    assert models == {f"stg_{feed.replace('_', '__', 1)}" for feed in SOURCES}
