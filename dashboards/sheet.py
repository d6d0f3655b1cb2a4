"""The SQL of a sheet: indicators of one row below each other, as text with their reasons in words.

A NULL shows why it is one. Nothing is computed: values are formatted as on the board.
"""

from __future__ import annotations

from dashboards.specs import Dataset, Source, Spec

SHOWN = {
    "integer": "format('{{:,}}', cast(round({0}) as bigint))",
    "decimal1": "printf('%.1f', {0})",
    "decimal2": "printf('%.2f', {0})",
    "percent": "printf('%.1f%%', 100.0 * {0})",
}


def select(spec: Spec, data: Dataset, language: str) -> str:
    """One select an indicator, joined with ``union all``."""
    return "\nunion all\n".join(
        _one(spec, data.sources[0], indicator, number, language)
        for number, indicator in enumerate(data.sheet, start=1)
    )


def _one(spec: Spec, source: Source, indicator: str, number: int, language: str) -> str:
    column = spec.column(indicator)
    shown = SHOWN[column.format or "integer"].format(f"t0.{indicator}")
    about = (column.about or column.label)[language]
    lines = [f't0."{name}"' for name in source.columns]
    lines += [f't0."{name}_{language}" as "{name}_text"' for name in source.localized]
    lines += [
        f"{number} as position",
        f"{_quoted(column.label[language])} as indicator",
        f"case when t0.{indicator} is null then {_reason(spec, indicator, language)}"
        f" else {shown} end as shown",
        f"{_quoted(about)} as definition",
    ]
    return "select\n    " + ",\n    ".join(lines) + f"\nfrom {source.table} as t0"


def _reason(spec: Spec, indicator: str, language: str) -> str:
    cases = " ".join(
        f"when '{code}' then {_quoted(text[language])}"
        for code, text in spec.words["reason_code"].items()
    )
    return f"case t0.{indicator}_status {cases} else t0.{indicator}_status end"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
