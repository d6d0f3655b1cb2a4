"""A new chart in a dashboard's spec, in a row of its own at the end; what the check refuses is
taken back."""

from __future__ import annotations

import json
import re

from command.new.write import NotWritten, shown
from dashboards import check
from dashboards.reader import FOLDER
from dashboards.specs import SpecError

HEIGHT = 42
_ROW = re.compile(r"  - \{.*\}")


def new(
    dashboard: str,
    name: str,
    dataset: str,
    title: tuple[str, str],
    columns: str,
    by: str,
    metric: str,
) -> str:
    """Write the chart and its place; returns what to do next.

    Raises:
        NotWritten: there is no such dashboard, the chart is there, or a name in it is wrong.
    """
    path = FOLDER / "dashboards" / f"{dashboard}.yml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yml")))
        raise NotWritten(f"no dashboard is called '{dashboard}'; there are {known}")
    before = path.read_text(encoding="utf-8")
    if re.search(rf"^  {re.escape(name)}:", before, re.MULTILINE):
        raise NotWritten(f"{shown(path)} has a chart '{name}' already; choose another name")
    head, layout, rows = before.partition("\nlayout:\n")
    if not layout or not all(_ROW.fullmatch(row) for row in rows.splitlines()):
        raise NotWritten(
            f"the layout of {shown(path)} has more than one line a row: add it by hand"
        )
    chart = _chart(name, dataset, title, columns, by, metric)
    path.write_text(
        f"{head.rstrip()}\n{chart}layout:\n{rows.rstrip()}\n"
        f"  - {{height: {HEIGHT}, charts: {{{name}: 12}}}}\n",
        encoding="utf-8",
    )
    try:
        found = check.findings(check.load(FOLDER), check.tables(check.DBT))
    except SpecError as error:
        found = [str(error)]
    if found:
        path.write_text(before, encoding="utf-8")
        raise NotWritten("\n".join([*found, "nothing was written"]))
    return (
        f"written: {shown(path)}, chart {name}, below the others\nNext:\n"
        "  its place (layout), order, colours: as the charts beside it; dashboards/README.md\n"
        "  baokuan dashboards check        every column is one of the dbt project\n"
        "  baokuan dashboards bootstrap    into Superset, in Chinese and English\n"
        f"  baokuan dashboards screenshot --dashboard {dashboard} --out chart.png"
    )


def _chart(
    name: str, dataset: str, title: tuple[str, str], columns: str, by: str, metric: str
) -> str:
    """A table of columns, bars by a column, or one number."""
    listed = [column.strip() for column in columns.split(",") if column.strip()]
    if bool(listed) == bool(metric):
        raise NotWritten("give --columns a,b,c for a table, or --metric, with --by for bars")
    kind = "table" if listed else "bars" if by else "number"
    words = ", ".join(json.dumps(text, ensure_ascii=False) for text in title)
    lines = [f"  {name}:", f"    kind: {kind}", f"    dataset: {dataset}", f"    title: [{words}]"]
    if listed:
        lines.append(f"    columns: [{', '.join(listed)}]")
    if by:
        lines.append(f"    by: {by}")
    if metric:
        lines.append(f"    metric: {{sum: {metric}}}")
    return "\n".join(lines) + "\n"
