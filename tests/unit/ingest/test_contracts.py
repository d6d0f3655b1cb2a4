"""Contracts: the built-in ones are sound; what is wrong in one is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.contracts import ContractError, load_all


def problems(folder: Path, text: str) -> str:
    (folder / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load_all(folder)
    return str(caught.value)


def test_the_built_in_contracts_load() -> None:
    contracts = {contract.name: contract for contract in load_all()}
    assert len([c for c in contracts.values() if c.source is None]) == 51
    lines = contracts["pos_receipt_line"]
    assert lines.cutoff_minutes == 240
    assert lines.outputs[3] == ("line_no", "BIGINT")
    members = dict(contracts["crm_member"].outputs)
    assert "phone_key" in members and "birth_year" in members and "member_name" not in members


HEAD = "feed: a\nmatch: {path: x}\ncolumns:\n"
FOREIGN = "feed: pos_staff\nsource: acme\nmatch: {path: x}\ncolumns:\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("feed: a\ncolums: {}\n", 2, "did you mean 'columns'"),
        (HEAD + "  b: {from: [b], typ: text, doc: x}\n", 4, "did you mean 'type'"),
        (HEAD + "  b: {from: [b], type: number, doc: x}\n", 4, "type 'number' must be one of"),
        (HEAD + "  b: {from: [b], doc: x}\nkey: [c]\n", 5, "'c' in 'key' is not a column"),
        ("feed: a\nfeed: b\n", 2, "written twice"),
        ("feed: a\nmatch: {path: x\n", 3, "not valid YAML"),
        ("feed: pos_recipt\nsource: acme\n", 1, "did you mean 'pos_receipt'"),
        (FOREIGN + "  job: {from: [j]}\n", 4, "required column 'staff_code' is not mapped"),
        (FOREIGN + "  staf_code: {from: [j]}\n", 5, "did you mean 'staff_code'"),
        (HEAD + "  b: {from: [b], required: yes, doc: x}\n", 4, "must be true or false"),
        (HEAD + "  b: {from: [b], doc: x}\nrules:\n  - {where: x}\n", 6, "needs 'name'"),
        (HEAD + "  b: {from: [b], pattern: '(', doc: x}\n", 4, "not a regular expression"),
        (HEAD + "  b: {const: c, personal: phone, doc: x}\n", 4, "cannot be the same"),
    ],
)
def test_problems_have_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    told = problems(tmp_path, text)
    assert f"{tmp_path / 'x.yml'}:{line}: " in told
    assert message in told


def test_a_foreign_contract_inherits_and_an_own_one_replaces(tmp_path: Path) -> None:
    (tmp_path / "acme.yml").write_text(
        "feed: crm_member\nsource: acme\nmatch: {path: 'acme/*'}\ncolumns:\n"
        "  member_no: {from: [id]}\n  phone: {from: [tel]}\n  tier: {const: '01'}\n"
    )
    (tmp_path / "staff.yml").write_text(
        "feed: pos_staff\nmatch: {path: 'mine/*'}\ncolumns:\n"
        "  staff_code: {from: [no], required: true, doc: Staff number}\n"
    )
    contracts = {contract.name: contract for contract in load_all(tmp_path)}
    acme = contracts["acme/crm_member"]
    assert acme.column("phone").personal == "phone"
    assert acme.column("tier").const == "01"
    assert acme.column("birthday").sources == ()
    assert acme.outputs == contracts["crm_member"].outputs
    assert contracts["pos_staff"].path == "mine/*"
