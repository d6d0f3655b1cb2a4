"""The static check finds each kind of drift between charts and the dbt project."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from dashboards import check
from dashboards.check import Known
from dashboards.reader import load
from dashboards.specs import Words

SPEC = load()


@pytest.fixture
def known() -> check.Tables:
    """Tables exactly as the specs want them."""
    made: check.Tables = check.tables(Path("/nonexistent"))
    first = {kind: sorted(types)[0] for kind, types in check.TYPES.items()}
    for dataset in SPEC.datasets.values():
        for source in dataset.sources:
            if source.table.startswith("ops."):
                continue
            table = made.setdefault(source.table, {})
            for column in source.columns:
                table[source.real(column)] = Known(first[SPEC.column(dataset, column).type])
            for column in source.localized:
                table |= {f"{column}_{lang}": Known("string") for lang in ("zh", "en")}
            table |= {f"{indicator}_status": Known("string") for indicator in dataset.sheet}
            if source is dataset.sources[0]:
                table |= {end: Known("bigint") for end in dataset.ends()}
            if source.key:
                table.setdefault(source.key, Known("string"))
    return made


def test_specs_and_tables_that_agree_have_no_findings(known: check.Tables) -> None:
    assert check.findings(SPEC, known) == []


def test_a_missing_table_is_found(known: check.Tables) -> None:
    del known["hits.daily"]
    assert any("no table hits.daily" in one for one in check.findings(SPEC, known))


def test_a_missing_column_is_found(known: check.Tables) -> None:
    del known["hits.board"]["sell_through_rate"]
    assert any("no column sell_through_rate" in one for one in check.findings(SPEC, known))


def test_a_missing_language_of_a_column_is_found(known: check.Tables) -> None:
    del known["hits.board"]["action_reason_en"]
    assert any("no column action_reason_en" in one for one in check.findings(SPEC, known))


def test_a_changed_type_is_found(known: check.Tables) -> None:
    known["hits.board"]["score"] = Known("string")
    assert any("score is string in dbt but number" in one for one in check.findings(SPEC, known))


def test_a_column_without_a_type_is_found(known: check.Tables) -> None:
    known["hits.board"]["score"] = Known(None)
    assert any("score has no data_type" in one for one in check.findings(SPEC, known))


def test_a_code_without_words_is_found(known: check.Tables) -> None:
    known["hits.board"]["stage"] = Known("string", frozenset({"intro", "reborn"}))
    assert "catalogue: words of stage lack reborn" in check.findings(SPEC, known)


def test_a_label_in_the_wrong_language_is_found(known: check.Tables) -> None:
    words = SPEC.words | {"stage": {"intro": Words("Intro", "导入")}}
    spec = dataclasses.replace(SPEC, words=words)
    found = check.findings(spec, known)
    assert any("has no Chinese in it" in one for one in found)
    assert any("has Chinese in it" in one for one in found)


def test_a_retired_id_that_exists_is_found(known: check.Tables) -> None:
    from dashboards import ids

    again = ids.dashboard_id(SPEC.dashboards["hit_tracking"], "zh")
    spec = dataclasses.replace(SPEC, retired=[again])
    assert any("retired.txt" in one for one in check.findings(spec, known))


def test_sql_in_a_chart_is_found() -> None:
    chart = {"params": {"metric": {"expressionType": "SQL", "sqlExpression": "sum(a)/sum(b)"}}}
    assert len(list(check._computes(chart))) == 1


def test_tables_are_read_from_dbt_yaml(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "marts" / "hits"
    folder.mkdir(parents=True)
    (folder / "board.yml").write_text(
        """
models:
  - name: board
    columns:
      - {name: score, data_type: "decimal(18, 2)"}
      - name: level
        data_type: string
        data_tests:
          - not_null
          - accepted_values: {arguments: {values: [hit, slow]}}
""",
        "utf-8",
    )
    board = check.tables(tmp_path)["hits.board"]
    assert board["score"] == Known("decimal")
    assert board["level"] == Known("string", frozenset({"hit", "slow"}))


def test_the_project_passes() -> None:
    assert check.findings(SPEC, check.tables(check.DBT)) == []
