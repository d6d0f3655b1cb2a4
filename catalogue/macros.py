"""The rendered macro file: the lists and definitions that the hit models loop over.

Only their form in Jinja; what stands in them is the catalogue's.
"""

from __future__ import annotations

from catalogue.model import Catalogue, Indicator

NOTE = "Rendered from seeds/catalogue by `make catalogue`; edit the rows there."
GRAIN = "grain='company'"


def text(catalogue: Catalogue) -> str:
    """The file ``macros/hits/catalogue.sql``."""
    grains = catalogue.codes("grain")
    rows = catalogue.hit_indicators.values()
    whole, decimal = (
        [name for name, row in catalogue.thresholds.items() if row.hits == kind]
        for kind in ("whole", "decimal")
    )
    parts = [
        f"{{# {NOTE} #}}",
        _macro(
            "The indicators of a grain: id, types of value, numerator, denominator (or none).",
            "hits_indicators",
            {grain: [_types(one) for one in catalogue.at(grain)] for grain in grains},
            GRAIN,
        ),
        _macro(
            "Their definitions: id -> numerator, denominator, reason for having no value.",
            "hits_definitions",
            {
                grain: {i.indicator: _parts(catalogue, i, grain) for i in catalogue.at(grain)}
                for grain in grains
            },
            GRAIN,
        ),
        _macro(
            "What is taken off a ratio: id -> number.",
            "hits_less",
            {one.indicator: str(one.less) for one in rows if one.less},
        ),
        _macro(
            "Those that need feeds (seeds/hit_needs.csv).",
            "hits_needing",
            [one.indicator for one in rows if one.needs],
        ),
        _macro("Columns beside the indicators.", "hits_companions", list(catalogue.hit_companions)),
        _macro(
            "Thresholds of the hit models: whole numbers and decimals.",
            "hits_thresholds",
            {"whole": whole, "decimal": decimal},
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _types(one: Indicator) -> tuple[str | None, ...]:
    return (one.indicator, one.value_type, one.num_type or None, one.den_type or None)


def _parts(catalogue: Catalogue, one: Indicator, grain: str) -> tuple[str | None, ...]:
    row = catalogue.hit_expressions[one.indicator, grain]
    return (row.numerator, row.denominator or None, row.reason)


def _macro(about: str, name: str, value: object, argument: str = "") -> str:
    picked = "[grain]" if argument else ""
    head = f"{{# {about} #}}\n{{% macro {name}({argument}) %}}\n"
    return f"{head}    {{{{ return({jinja(value, 4)}{picked}) }}}}\n{{% endmacro %}}"


def jinja(value: object, indent: int) -> str:
    """A value as Jinja writes it, one entry a line."""
    pad = " " * (indent + 4)
    if isinstance(value, dict):
        lines = [f"{pad}{jinja(k, 0)}: {jinja(v, indent + 4)},\n" for k, v in value.items()]
        return "{\n" + "".join(lines) + " " * indent + "}"
    if isinstance(value, list):
        lines = [f"{pad}{jinja(v, indent + 4)},\n" for v in value]
        return "[\n" + "".join(lines) + " " * indent + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(jinja(v, indent) for v in value) + ")"
    if value is None:
        return "none"
    text = str(value)
    return f'"{text}"' if "'" in text else f"'{text}'"
