"""Drafts of real files load them after at most three edited lines each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from baokuan.home import Home
from ingest.arrive.landing import Landed
from ingest.contract import load_all
from ingest.draft.write import draft
from ingest.load.run import try_file
from tests.acceptance.drafts import CASES, DOC, Case, document, edited, shared

DONE: dict[str, tuple[Case, int, int]] = {}


def needs_shared_data() -> None:
    if not (shared() / "README.md").is_file():
        pytest.skip(f"no real exports in {shared()}; BAOKUAN_SHARED_DATA may name another folder")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file.split("/")[-1])
def test_a_draft_loads_its_file_after_three_edits_at_most(case: Case, tmp_path: Path) -> None:
    if case.package is None:
        needs_shared_data()
    assert len(case.edits) <= 3
    text = draft(case.path, case.asked, "acme")
    assert f"\nfeed: {case.feed}\n" in text
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "draft.yml").write_text(edited(text, case.edits), encoding="utf-8")
    (contract,) = [c for c in load_all(folder) if c.source == "acme"]
    landed = Landed(case.path, f"acme/{case.path.name}", case.path.stat().st_size)
    assert contract.matches(landed.relative)
    (outcome,) = try_file(Home(tmp_path / "home"), landed, [contract], bytes(32))
    assert (outcome.status, outcome.reason) == ("loaded", "")
    assert outcome.rows_kept == case.rows
    assert outcome.rows_in_file - outcome.rows_kept <= 1  # aligned text: its header line
    DONE[case.file] = (case, outcome.rows_kept, outcome.rows_in_file)


def test_the_table_in_the_documents_is_what_was_measured() -> None:
    needs_shared_data()
    if len(DONE) < len(CASES):
        pytest.skip("the table is compared when all drafts have been tried in the same run")
    measured = document([DONE[case.file] for case in CASES])
    if os.environ.get("BAOKUAN_RENEW"):
        DOC.write_text(measured, encoding="utf-8")
    assert DOC.read_text(encoding="utf-8") == measured, (
        "docs/drafts.md is not what was measured; renew it: "
        "BAOKUAN_RENEW=1 pytest tests/acceptance/test_drafts.py"
    )
