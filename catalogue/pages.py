"""The catalogue as pages and tables of the docs, in Markdown.

Only layout; the words are the catalogue's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalogue import expressions
from catalogue.labels import Labels
from catalogue.model import Catalogue, Indicator

NOTE = (
    "<!-- Rendered from dbt_project/seeds/catalogue by `make catalogue`; edit the rows there. -->"
)


def whole(catalogue: Catalogue, labels: Labels) -> dict[str, str]:
    """Pages that are rendered whole: name of the file below docs/catalogue → text."""
    return {
        "indicators.md": "\n".join(_indicator_page(catalogue, labels)) + "\n",
        "words.md": "\n".join(_word_page(catalogue, labels)) + "\n",
    }


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A Markdown table."""
    heads = list(head)
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def indicators(catalogue: Catalogue, labels: Labels) -> Iterator[str]:
    """The table of docs/indicators.md."""
    return table(
        ("#", "id", "Name", "Value", "No value"),
        (
            (
                str(one.number or ""),
                f"`{one.indicator}`",
                f"{one.name_zh} / {one.name_en}",
                labels.said(one.value_en, "*"),
                _without(catalogue, labels, one),
            )
            for one in catalogue.hit_indicators.values()
        ),
    )


def _without(catalogue: Catalogue, labels: Labels, one: Indicator, named: bool = False) -> str:
    """What is special, then the other reasons that the expressions can give."""
    said = labels.said(one.none_en, "*")
    codes = expressions.reasons(catalogue, one.indicator)
    rest = [
        f"`{code}` {row.name_zh}" if named else f"`{code}`"
        for code, row in catalogue.reasons.items()
        if code in codes and f"`{code}`" not in said
    ]
    return ", ".join([said, *rest] if said else rest)


def rules(catalogue: Catalogue, labels: Labels) -> Iterator[str]:
    """The table of proposals and alerts."""
    return table(
        ("Rule", "Name", "Holds when", "Quantity", "Stands"),
        (
            (
                f"`{rule.rule}`",
                f"{rule.name_zh} / {rule.name_en}",
                labels.said(rule.holds_en, "*"),
                labels.said(rule.quantity_en, "*"),
                f"{rule.valid_days} days" if rule.valid_days > 1 else "1 day",
            )
            for rule in catalogue.hit_rules.values()
        ),
    )


def _indicator_page(catalogue: Catalogue, labels: Labels) -> Iterator[str]:
    yield from ("# Hit indicators 爆款指标", "", NOTE, "")
    yield "Thresholds show their defaults; a retailer's own stand in `thresholds.csv` of the"
    yield "settings folder. How they are computed: [indicators](../indicators.md)."
    for family, words in catalogue.codes("family").items():
        yield from ("", f"## {words.name_zh} {words.name_en}", "")
        for one in catalogue.hit_indicators.values():
            if one.family == family:
                yield from (f"### {one.name_zh} {one.name_en}", "")
                yield from table(("", ""), _facts(catalogue, labels, one))
                yield ""
    yield from ("## 伴随列 Companions", "")
    yield from table(
        ("Column", "名称", "Name", "定义", "Meaning"),
        (
            (
                f"`{c.column}`",
                c.name_zh,
                c.name_en,
                labels.said(c.about_zh),
                labels.said(c.about_en),
            )
            for c in catalogue.hit_companions.values()
        ),
    )


def _facts(catalogue: Catalogue, labels: Labels, one: Indicator) -> Iterator[tuple[str, str]]:
    """What an indicator is, line by line."""
    unit, direction = catalogue.units[one.unit], catalogue.codes("direction")[one.direction]
    grains = [
        f"{words.name_zh} {words.name_en}"
        for grain, words in catalogue.codes("grain").items()
        if (one.indicator, grain) in catalogue.hit_expressions
    ]
    yield "id", f"`{one.indicator}`" + (f" (no. {one.number})" if one.number else "")
    yield "定义", labels.said(one.about_zh)
    yield "Meaning", labels.said(one.about_en)
    if one.is_ratio:
        yield "分子 ÷ 分母", f"{one.num_zh} ÷ {one.den_zh}"
        yield "Numerator ÷ denominator", f"{one.num_en} ÷ {one.den_en}"
    yield "单位 Unit", " ".join(dict.fromkeys((unit.name_zh, unit.name_en)))
    yield "方向 Direction", f"{direction.name_zh} {direction.name_en}"
    yield "粒度 Grains", ", ".join(grains)
    yield "缺值 No value", _without(catalogue, labels, one, named=True)


def _word_page(catalogue: Catalogue, labels: Labels) -> Iterator[str]:
    yield from ("# Words 用语", "", NOTE, "", "## 词汇 Glossary", "")
    yield from table(
        ("用", "English", "不用"),
        ((t.name_zh, t.name_en, "、".join(t.avoid)) for t in catalogue.glossary.values()),
    )
    for title, rows in (
        ("缺值原因 Reasons", catalogue.reasons),
        ("阶段 Stages", catalogue.hit_stages),
    ):
        yield from ("", f"## {title}", "")
        yield from table(
            ("Code", "名称", "Name", "含义", "Meaning"),
            (
                (
                    f"`{code}`",
                    r.name_zh,
                    r.name_en,
                    labels.said(r.about_zh),
                    labels.said(r.about_en),
                )
                for code, r in rows.items()
            ),
        )
    for title, column in (
        ("等级 Levels", "level"), ("动作 Actions", "action"), ("门店七态 Store states", "state"),
        ("建议与预警规则 Rules", "rule"),
    ):  # fmt: skip
        yield from ("", f"## {title}", "")
        yield from table(
            ("Code", "名称", "Name"),
            ((f"`{code}`", r.name_zh, r.name_en) for code, r in catalogue.codes(column).items()),
        )
    yield from ("", "## 阈值 Thresholds", "")
    yield from table(
        ("Name", "默认 Default", "说明", "Meaning"),
        (
            (f"`{name}`", labels.default(name), row.doc_zh, row.doc_en)
            for name, row in catalogue.thresholds.items()
        ),
    )
