"""What a column is called, wherever it is shown: the catalogue's answer for a table and a column.

A name may come from columns.csv (for one table, a schema, or everywhere), be an indicator or a
companion, or follow from another: ``<indicator>_num``, ``_den``, ``_status``, ``_last``,
``_last_date``, and ``_zh``/``_en`` of a column in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalogue.model import Catalogue, Indicator, Named

PLACEHOLDER = re.compile(r"{(\w+)}")
COMPANIONS = ("hits.daily", "hits.board")  # the tables that have them
LANGUAGES = {"zh": ("（中文）", ", in Chinese"), "en": ("（英文）", ", in English")}
_PARTS = ("last_date", "last", "status", "num", "den")


@dataclass(frozen=True)
class Label:
    """Names and sentence in both languages; ``block`` names the dbt doc block that holds them."""

    block: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    kind: str
    unit: str
    format: str | None

    @property
    def comment(self) -> str:
        """Both languages in one line, as the column's comment."""
        zh = f"{self.zh}：{self.about_zh}" if self.about_zh else self.zh
        en = f"{self.en}: {self.about_en}" if self.about_en else self.en
        return f"{zh} / {en}"


class Labels:
    """Answers for one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.c = catalogue

    def find(self, table: str, column: str) -> Label | None:
        """The label of a column of a table (``hits.board``, ``superset.<dataset>``), or None."""
        return self._own(table, column) or self._derived(table, column)

    def first(self, tables: Iterator[str] | tuple[str, ...], column: str) -> Label | None:
        """The label by the first table that has one of its own, else the general one."""
        for table in tables:
            if (table, column) in self.c.columns:
                return self.find(table, column)
        return self.find(list(tables)[-1], column)

    def _own(self, table: str, column: str) -> Label | None:
        for scope in (table, table.partition(".")[0]):
            if row := self.c.columns.get((scope, column)):
                return self._label(f"{scope.replace('.', '_')}__{column}", row, row.kind)
        companion = self.c.hit_companions.get(column)
        if companion and table in COMPANIONS:
            return self._label(f"hits__{column}", companion, companion.kind)
        if row := self.c.columns.get(("", column)):
            return self._label(column, row, row.kind)
        if indicator := self.c.hit_indicators.get(column):
            return self._label(column, indicator, "number")
        if companion:
            return self._label(f"hits__{column}", companion, companion.kind)
        return None

    def _label(self, block: str, row: Named, kind: str) -> Label:
        unit = getattr(row, "unit", "")
        form = getattr(row, "format", "") or (self.c.units[unit].format if unit else None)
        zh, en = (self.said(getattr(row, f"about_{lang}")) for lang in ("zh", "en"))
        return Label(block, row.name_zh, row.name_en, zh, en, kind, unit, form)

    def _derived(self, table: str, column: str) -> Label | None:
        for lang, (zh, en) in LANGUAGES.items():
            if column.endswith(f"_{lang}") and (base := self._own(table, column[:-3])):
                return Label(
                    f"{base.block}_{lang}", base.zh + zh, base.en + en, base.about_zh,
                    base.about_en, "text", "", None,
                )  # fmt: skip
        for part in _PARTS:
            name = column.removesuffix(f"_{part}")
            if name != column and (indicator := self.c.hit_indicators.get(name)):
                return self._part(table, indicator, part)
        return None

    def _part(self, table: str, indicator: Indicator, part: str) -> Label | None:
        base = self._own(table, indicator.indicator)
        if base is None or (part in ("num", "den") and not indicator.is_ratio):
            return None
        block, word = f"{base.block}_{part}", self.c.words["part", part]
        if part in ("num", "den"):
            zh, en = getattr(indicator, f"{part}_zh"), getattr(indicator, f"{part}_en")
            about = f"{base.zh}的{word.name_zh}", f"{word.name_en} of: {base.en.lower()}"
            kind = getattr(indicator, f"{part}_type")
            form = "integer" if kind == "bigint" else "decimal2"
            return Label(block, zh, en, *about, "number", "count", form)
        zh, en = f"{base.zh}·{word.name_zh}", f"{base.en}, {word.name_en}"
        if part == "status":
            about = "ok，或没有数值的原因", "ok, or the reason for having no value"
            return Label(block, zh, en, *about, "text", "", None)
        blocked = self.c.reasons["dq_blocked"]
        about = f"只在{blocked.name_zh}时有", "filled only when dq_blocked"
        if part == "last_date":
            return Label(block, zh, en, *about, "date", "", None)
        return Label(block, zh, en, *about, "number", base.unit, base.format)

    def said(self, text: str, mark: str = "") -> str:
        """A sentence with the thresholds' defaults in the place of their names."""
        return PLACEHOLDER.sub(lambda m: f"{mark}{self.default(m[1])}{mark}", text)

    def default(self, name: str) -> str:
        """A threshold's default as people write it: shares in percent."""
        threshold = self.c.thresholds[name]
        value = threshold.value * 100 if threshold.unit == "ratio" else threshold.value
        plain = f"{value.normalize():f}" if value else "0"
        return f"{plain}%" if threshold.unit == "ratio" else plain
