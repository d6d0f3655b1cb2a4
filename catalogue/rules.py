"""What the tables say together: every name that a row uses must exist, and both languages speak.

Cheap rules only, since every reader of the catalogue runs them; what needs a SQL parser is in
expressions.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from catalogue.labels import PLACEHOLDER
from catalogue.model import HAN, Catalogue, Column, Companion, Indicator, Named, Row, Told
from catalogue.read import Problem, meant, shown


def problems(catalogue: Catalogue, folder: Path) -> Iterator[Problem]:
    """Everything wrong between rows that are well formed each."""
    check = _Rules(catalogue, folder)
    yield from check.languages()
    yield from check.measured()
    yield from check.indicators()
    yield from check.expressions()
    for unit in catalogue.units.values():
        yield from check.known(unit, "format", unit.format, catalogue.formats)


class _Rules:
    def __init__(self, catalogue: Catalogue, folder: Path) -> None:
        self.c, self.folder = catalogue, folder

    def problem(self, row: Row, what: str, remedy: str) -> Problem:
        return Problem(shown(self.folder / f"{row.FILE}.csv"), row.line, what, remedy)

    def known(self, row: Row, what: str, given: str, known: Collection[str]) -> Iterator[Problem]:
        if given not in known:
            yield self.problem(
                row,
                f"unknown {what} {given!r}",
                f"{meant(given, known)}use one of {', '.join(known)}",
            )

    def languages(self) -> Iterator[Problem]:
        """Chinese texts have Chinese in them, a sentence stands in both languages or in none."""
        for table in vars(self.c).values():
            for row in table.values():
                if (
                    isinstance(row, Named)
                    and not HAN.search(row.name_zh)
                    and re.search("[A-Za-z]", row.name_zh)
                    and row.name_zh != row.name_en
                ):
                    yield self.problem(
                        row, f"name_zh: {row.name_zh!r} has no Chinese in it", "write it in Chinese"
                    )
                for field in (f for f in type(row).model_fields if f.endswith("_zh")):
                    other = f"{field.removesuffix('_zh')}_en"
                    zh, en = getattr(row, field), getattr(row, other)
                    if bool(zh) != bool(en):
                        empty = other if zh else field
                        yield self.problem(
                            row,
                            f"{empty} is empty",
                            f"{field if zh else other} has a text: write it in both languages",
                        )
                    for name in PLACEHOLDER.findall(f"{zh} {en}") if isinstance(row, Told) else ():
                        yield from self.known(row, "threshold", name, self.c.thresholds)

    def measured(self) -> Iterator[Problem]:
        """Numbers have a unit, and through it a format."""
        rows: list[Column | Companion] = [*self.c.columns.values(), *self.c.hit_companions.values()]
        for row in rows:
            if row.kind == "number":
                yield from self.known(row, "unit", row.unit, self.c.units)
                if row.format:
                    yield from self.known(row, "format", row.format, self.c.formats)
            elif row.unit or row.format:
                yield self.problem(row, f"a {row.kind} has no unit or format", "leave both empty")

    def indicators(self) -> Iterator[Problem]:
        needs = {need.need for need in self.c.needs.values()}
        for row in self.c.hit_indicators.values():
            yield from self.known(row, "unit", row.unit, self.c.units)
            if row.format:
                yield from self.known(row, "format", row.format, self.c.formats)
            for word in ("family", "direction"):
                yield from self.known(row, word, getattr(row, word), self.c.codes(word))
            for need in row.needs:
                yield from self.known(row, "need", need, needs)
            yield from self._parts(row)
            for name in PLACEHOLDER.findall(f"{row.value_en} {row.none_en}"):
                yield from self.known(row, "threshold", name, self.c.thresholds)
            if row.number and (row.indicator, "company") not in self.c.hit_expressions:
                yield self.problem(
                    row,
                    f"{row.indicator} has no expression",
                    f"add a row {row.indicator},company to hit_expressions.csv",
                )
        for companion in self.c.hit_companions.values():
            if companion.indicator:
                yield from self.known(
                    companion, "indicator", companion.indicator, self.c.hit_indicators
                )
        for rule in self.c.hit_rules.values():
            for name in PLACEHOLDER.findall(
                rule.holds_zh + rule.holds_en + rule.quantity_zh + rule.quantity_en
            ):
                yield from self.known(rule, "threshold", name, self.c.thresholds)

    def _parts(self, row: Indicator) -> Iterator[Problem]:
        parts = [row.num_type, row.den_type, row.num_zh, row.num_en, row.den_zh, row.den_en]
        if any(parts) and not all(parts):
            yield self.problem(
                row, f"{row.indicator} is half a ratio",
                "a ratio has num_type, den_type and both parts' names in both languages, else none",
            )  # fmt: skip
        if row.less and not row.is_ratio:
            yield self.problem(row, "less stands without a denominator", "leave it empty")

    def expressions(self) -> Iterator[Problem]:
        grains = self.c.codes("grain")
        for row in self.c.hit_expressions.values():
            yield from self.known(row, "indicator", row.indicator, self.c.hit_indicators)
            indicator = self.c.hit_indicators.get(row.indicator)
            if indicator and indicator.is_ratio != bool(row.denominator):
                yield self.problem(
                    row,
                    f"{row.indicator} {'lacks a' if indicator.is_ratio else 'has a'} denominator",
                    "hit_indicators.csv says by den_type whether it is a ratio",
                )  # fmt: skip
        for one in self.c.hit_inputs.values():
            for grain in one.grains:
                yield from self.known(one, "grain", grain, grains)
            for code in one.gives:
                yield from self.known(one, "reason", code, self.c.reasons)
