"""The SQL of a sheet: indicators of one row below each other, as text with their reasons in words.

A NULL shows why it is one. Nothing is computed: values are formatted as on the board.
"""

from __future__ import annotations

from dashboards.specs import Dataset, Spec


def select(spec: Spec, data: Dataset, language: str) -> str:
    """A row becomes a list of its indicators, unfolded; reasons are put in words last."""
    source = data.sources[0]
    names = [f'"{name}"' for name in source.columns]
    names += [f'"{name}_{language}" as "{name}_text"' for name in source.localized]
    indicators = ",\n        ".join(
        _one(spec, data, indicator, number, language)
        for number, indicator in enumerate(data.sheet, 1)
    )
    kept = ", ".join(name.split(" as ")[-1] for name in names)
    return (
        f"select {kept}, one.position, one.indicator, one.definition,\n"
        f"    coalesce(one.shown, {_reason(spec, language)}, one.status) as shown\n"
        f"from (select {', '.join(names)}, unnest([\n        {indicators}\n    ]) as one\n"
        f"    from {source.table})"
    )


def _one(spec: Spec, data: Dataset, indicator: str, number: int, language: str) -> str:
    column = spec.column(data, indicator)
    shown = column.format.sql.replace("{value}", indicator) if column.format else indicator
    about = (column.about or column.label)[language]
    return (
        f"{{'position': {number}, 'indicator': {_quoted(column.label[language])},"
        f" 'shown': {shown}, 'status': {indicator}_status, 'definition': {_quoted(about)}}}"
    )


def _reason(spec: Spec, language: str) -> str:
    cases = " ".join(
        f"when '{code}' then {_quoted(text[language])}"
        for code, text in spec.words["reason_code"].items()
    )
    return f"case one.status {cases} end"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
