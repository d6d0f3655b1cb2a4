"""Contracts: the built-in ones are sound; what is wrong in one is told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.contract import ContractError, load_all


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
STEP = "feed: a\nmatch: {path: x}\nsteps:\n"
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
        (STEP + "  - wher: x\n", 4, "unknown step 'wher'"),
        (STEP + "  - where: 'a ='\n", 4, "syntax error"),
        (STEP + "  - let: {b: 'lowr(a)'}\n", 4, "lowr does not exist"),
        (STEP + "  - skip: {total: 'a = 1'}\n", 4, "reason of its own"),
        (STEP + "  - split: {columns: [a]}\n", 4, "'by' is missing"),
        (STEP + "  - unpivot: {value: v}\n", 4, "either 'columns' or 'pattern'"),
        (STEP + "  - lookup: {name: l, on: a, csv: no.csv}\n", 4, "no file 'no.csv' beside"),
        (STEP + "  - lookup: {name: l, on: a}\n", 4, "one of 'file'"),
        (STEP + "  - one_per: {columns: a, keep: all}\n", 4, "first or last"),
        (HEAD + "  b: {expr: '(select 1)', doc: x}\n", 4, "use a 'lookup' step"),
        (HEAD + "  b: {from: [b], times: 1e4, type: money, doc: x}\n", 4, "a factor like 10000"),
        (HEAD + "  b: {from: [b], decimal: ',', doc: x}\n", 4, "for numbers"),
        (
            HEAD + "  b: {from: [b], doc: x}\nrules:\n  - {name: r, where: c > 1}\n",
            6,
            '"c" not found',
        ),
        (HEAD.replace("col", "format: {titles: {t: x}}\ncol"), 3, "needs one group"),
        (HEAD.replace("col", "format: {type: fixed}\ncol"), 3, "belong together"),
    ],
)
def test_problems_have_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    told = problems(tmp_path, text)
    assert f"{tmp_path / 'x.yml'}:{line}: " in told
    assert message in told


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("feed: [a]\n", 1, "'feed' must be a text"),
        ("feed: a\nsource: {b: c}\n", 1, "no canonical feed is called 'a'"),
        ("feed: a\nmatch: x\ncolumns: {}\n", 2, "'match' must be a mapping"),
        ("feed: a\nmatch: {path: x}\ncolumns: [a]\n", 3, "'columns' must be a mapping"),
        (HEAD + "  b: {from: {c: d}, doc: x}\n", 4, "'from' must be a list"),
        (HEAD + "  b: {map: [c], const: d, doc: x}\n", 4, "'map' must be a mapping"),
        (HEAD + "  B: {from: [b], doc: x}\n", 4, "'B' must be a snake_case name"),
        (HEAD + "  b: [c]\n", 4, "a column is a mapping like"),
        (HEAD + "  b: {from: [b], doc: x}\nmode: fully\n", 5, "mode 'fully' must be one of full"),
        (HEAD + "  b: {from: [b], doc: x}\nrules: x\n", 5, "'rules' must be a list"),
        (STEP + "  - {where: a, let: {b: c}}\n", 4, "a step has one key: alias, fill_down"),
        (STEP + "  - lookup: {name: l, on: {a: b}, map: {c: d}}\n", 4, "takes one column in 'on'"),
        (STEP.replace("steps:", "steps: x"), 3, "'steps' must be a list"),
        (STEP + "  - split: {columns: [a, b], by: ',', fields: c}\n", 4, "need a single column"),
        (
            HEAD.replace("col", "business_date: {cutoff: 25:00}\ncol"), 3,
            "'cutoff' must be a time like",
        ),
        (HEAD.replace("col", "format: {header_rows: 9}\ncol"), 3, "'header_rows'"),
        (HEAD.replace("col", "format: {widths: {a: 6-1}}\ncol"), 3, "places are first-last"),
    ],
)  # fmt: skip
def test_values_of_another_kind_are_refused(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    told = problems(tmp_path, text)
    assert f"{tmp_path / 'x.yml'}:{line}: " in told
    assert message in told


def test_all_problems_of_a_contract_are_told_at_once(tmp_path: Path) -> None:
    told = problems(
        tmp_path, "feed: a\nmatch: {path: x, pat: y}\nmod: full\ncolumns:\n  b: {frm: [c]}\n"
    )
    assert [line.split("x.yml:")[1] for line in told.splitlines()] == [
        "2: unknown key 'pat'; did you mean 'path'?",
        "5: unknown key 'frm'; did you mean 'from'?",
        "3: unknown key 'mod'; did you mean 'mode'?",
    ]


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
