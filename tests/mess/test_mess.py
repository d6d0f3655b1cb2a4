"""Every fault, three seeds: found, missed, false alarms; docs/mess.md shows the same numbers."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baokuan.home import PROJECT, Home
from tests.integration import warehouses
from tests.mess import faults_bundles, faults_core, faults_files, faults_text, goods
from tests.mess.retailer import LINES, Retailer, Score, csv_text

DOC = PROJECT / "docs" / "mess.md"
SEEDS = (11, 12, 13)
FAULTS = sorted(
    (*faults_text.FAULTS, *faults_files.FAULTS), key=lambda fault: int(fault[0].removeprefix("M"))
)
DONE: dict[tuple[str, str], Score] = {}
CORE = sorted(
    (*faults_core.FAULTS, *faults_bundles.FAULTS), key=lambda fault: int(fault[0].removeprefix("M"))
)
EVERY: list[tuple[str, str, str]] = sorted(
    [*(fault[:3] for fault in FAULTS), *(fault[:3] for fault in CORE)],
    key=lambda fault: int(fault[0].removeprefix("M")),
)
MODELS = ("+fct_doubt", "+fct_sale_check", "+dim_sku", "+dim_store")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str], Score]]:
    """All faults of all seeds in one home, built once; each in a store of its own."""
    documents = goods.Documents()
    put: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place, (number, fault, _, inject, _) in enumerate(CORE):
        for seed in SEEDS:
            name = f"{number}{chr(ord('a') + place)}-{seed}"
            shop = goods.Trade(documents, name, random.Random(seed))
            faults_core.around(shop)
            put[number, fault] |= inject(shop)
    before = dict(os.environ)
    home = Home(tmp_path_factory.mktemp("judged") / "home").make()
    documents.write(home)
    os.environ.pop("BAOKUAN_CONTRACTS", None)
    warehouses.build(home, select=MODELS)
    yield {
        (number, fault): Score.of(put[number, fault], {row[0] for row in warehouses.ask(home, sql)})
        for number, fault, _, _, sql in CORE
    }
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize(("number", "fault"), [fault[:2] for fault in CORE],
                         ids=[f"{f[0]} {f[1]}" for f in CORE])  # fmt: skip
def test_fault_in_the_core(number: str, fault: str, judged: dict[tuple[str, str], Score]) -> None:
    score = DONE[number, fault] = judged[number, fault]
    assert (score.found, score.false) == (score.injected, 0)


@pytest.fixture
def retailer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Retailer:
    monkeypatch.setenv("BAOKUAN_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("BAOKUAN_NOW", "2026-11-02T06:00:00+08:00")
    monkeypatch.delenv("BAOKUAN_CONTRACTS", raising=False)
    for module in ("ingest.load.run", "ingest.bronze.views"):  # read once, not for every load
        monkeypatch.setattr(f"{module}.load_all", lambda: faults_files.CONTRACTS)
    monkeypatch.delenv("BAOKUAN_KEEP_LANDING", raising=False)
    return Retailer(tmp_path / "home", random.Random(0))


@pytest.mark.parametrize(("number", "fault", "treated", "inject"), FAULTS,
                         ids=[f"{f[0]} {f[1]}" for f in FAULTS])  # fmt: skip
def test_fault(
    number: str, fault: str, treated: str, inject: Callable[[Retailer], Score], retailer: Retailer
) -> None:
    total = Score()
    for seed in SEEDS:
        shop = Retailer(retailer.root / str(seed), random.Random(seed))
        score = inject(shop)
        total.injected += score.injected
        total.found += score.found
        total.false += score.false
    DONE[number, fault] = total
    assert (total.found, total.false) == (total.injected, 0)


def test_good_files_raise_no_alarm(retailer: Retailer) -> None:
    retailer.land(LINES, csv_text(retailer.lines()))
    retailer.land("crm/crm_member_full_20261031_1.csv", csv_text(retailer.members()))
    retailer.land("ec/ec_order_delta_20261031_1.csv", csv_text(retailer.orders()))
    retailer.land("erp/erp_sku_full_20261031_1.csv", csv_text(retailer.barcodes()))
    retailer.land("erp/erp_stock_snap_snap_20261031_1.csv", csv_text(retailer.stock()))
    for outcome in retailer.load():
        assert (outcome.status, outcome.warnings) == ("loaded", [])
        assert (outcome.rows_quarantined, outcome.values_rejected) == (0, {})
        assert outcome.personal == {}
    assert not [path for path in (retailer.home.ops_records / "changes").iterdir()
                if path.read_text()]  # fmt: skip


def document() -> str:
    lines = [
        "# The mess catalogue, measured",
        "",
        "Each fault is put at seeded places into otherwise good files (seeds "
        f"{', '.join(map(str, SEEDS))}); counted is",
        "what was found, missed, and seen where there was no fault. Renewed by",
        "`BAOKUAN_RENEW=1 pytest tests/mess`; a test fails when it differs. Faults of single files",
        "are judged when they come in; what takes several documents, in the core models, on one",
        "home of all three seeds. Size matrices and merged cells (M3) become rows by a contract's",
        "own words, `unpivot` and `fill_down`: see [contracts](contracts.md).",
        "",
        "| No. | Fault | What becomes of it | Put in | Found | Missed | False alarms |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, fault, treated in EVERY:
        s = DONE[number, fault]
        shown = fault.replace("|", "\\|")
        lines.append(
            f"| {number} | {shown} | {treated} | {s.injected} | {s.found} | "
            f"{s.injected - s.found} | {s.false} |"
        )
    return "\n".join(lines) + "\n"


def test_the_table_in_the_documents_is_what_was_measured() -> None:
    if len(DONE) < len(EVERY):
        pytest.skip("the table is compared when all faults have been measured in the same run")
    if os.environ.get("BAOKUAN_RENEW"):
        DOC.write_text(document(), encoding="utf-8")
    assert DOC.read_text(encoding="utf-8") == document(), (
        "docs/mess.md is not what was measured; renew it: BAOKUAN_RENEW=1 pytest tests/mess"
    )
