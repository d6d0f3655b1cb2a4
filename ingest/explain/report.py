"""Findings and states as text for a terminal and as one self-contained HTML page.

Belongs here: wording and layout. Finding things out does not. Everything shown is escaped.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from baokuan import clock, screen
from ingest.arrive.arrivals import Arrival
from ingest.contract import Contract
from ingest.explain.check import Checked, summary
from ingest.explain.findings import Finding
from ingest.outcomes import PROBLEMS, STATUSES, Outcome

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

ORDER = ("kept", "repaired", "masked", "flagged", "rejected", "quarantined", "skipped")
_CSS = """
body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:70em;
margin:2em auto;padding:0 1em;color:#1d2733}
h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;
padding:.35em .7em;border-bottom:1px solid #dde3ea}th{background:#f3f6f9}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.ok{color:#1a7f4b}.bad{color:#b3261e}.dim{color:#6b7785}code{background:#f3f6f9;padding:0 .2em}
"""


@dataclass
class Section:
    """A heading, a few lines and a table."""

    title: str
    lines: list[str] = field(default_factory=list)
    header: Sequence[str] = ()
    rows: list[Sequence[object]] = field(default_factory=list)
    is_bad: bool = False


def sections_of_check(path: Path, checked: Iterable[Checked]) -> list[Section]:
    """The findings of a check, a section for each contract."""
    result = []
    for one in checked:
        outcome = one.outcome
        bad = outcome.status not in ("loaded", "empty", "lookup")
        section = Section(f"{path.name}: {outcome.contract or 'unknown'}", is_bad=bad)
        section.lines.append(summary(one))
        if outcome.remedy:
            section.lines.append(f"Remedy: {outcome.remedy}")
        if outcome.encoding:
            section.lines.append(f"Encoding: {outcome.encoding}.")
        section.lines += [f"Note: {note}" for note in one.notes]
        section.header = ("what", "count", "column", "why", "rows", "examples", "remedy")
        for finding in sorted(one.findings, key=_place):
            section.rows.append(
                (
                    finding.what,
                    finding.count,
                    finding.column,
                    finding.why,
                    ", ".join(map(str, finding.rows)),
                    " · ".join(finding.examples),
                    finding.remedy,
                )
            )
        result.append(section)
    return result


def _place(finding: Finding) -> tuple[int, int]:
    return (ORDER.index(finding.what), -finding.count)


def sections_of_status(everything: list[Outcome], landing: Path) -> list[Section]:
    """Files and rows by feed; what is held, blocked or unknown, with its remedy."""
    feeds = sorted({outcome.feed for outcome in everything if outcome.feed})
    table = Section("Feeds")
    counted = ("files", "rows kept", "quarantined", "values rejected", "held files", "last file")
    table.header = ("feed", *counted)
    for feed in feeds:
        mine = [o for o in everything if o.feed == feed and o.status != "duplicate"]
        table.rows.append(
            (
                feed,
                len(mine),
                sum(o.rows_kept for o in mine),
                sum(o.rows_quarantined for o in mine),
                sum(sum(o.values_rejected.values()) for o in mine),
                sum(1 for o in mine if o.status == "held"),
                max((o.file_date or "" for o in mine), default=""),
            )
        )
    open_files = [
        o
        for o in everything
        if o.status == "held" or (o.status in PROBLEMS and (landing / o.source).exists())
    ]
    wrong = Section("To be mended", is_bad=bool(open_files))
    wrong.header = ("state", "file", "reason", "remedy")
    wrong.rows = [(o.status, o.source, o.reason, o.remedy) for o in open_files]
    if not open_files:
        wrong.lines.append("Nothing is blocked, unknown or held.")
    states = {s: sum(1 for o in everything if o.status == s) for s in STATUSES}
    table.lines.append(", ".join(f"{n} {s}" for s, n in states.items() if n) or "No files yet.")
    return [wrong, table]


def sections_of_arrivals(found: list[Arrival], first: date, last: date) -> list[Section]:
    """What is missing and why it was expected; then arrived of expected, by feed and day."""
    lacking = [a for a in found if a.state not in ("arrived", "empty")]
    missing = Section("Missing", is_bad=bool(lacking))
    missing.header = ("day", "feed", "store", "state", "why it is expected")
    missing.rows = [(str(a.day), a.feed, a.store or "all", a.state, a.why) for a in lacking]
    if not lacking:
        missing.lines.append(f"Nothing expected from {first} to {last} is missing.")
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    matrix = Section("Arrived of expected")
    matrix.header = ("feed", *(f"{day:%m-%d}" for day in days))
    for feed in sorted({a.feed for a in found}):
        cells = []
        for day in days:
            mine = [a for a in found if a.feed == feed and a.day == day]
            came = sum(1 for a in mine if a.state in ("arrived", "empty"))
            cells.append(f"{came}/{len(mine)}" if mine else "-")
        matrix.rows.append((feed, *cells))
    return [missing, matrix]


def parts(sections: Iterable[Section]) -> list[RenderableType | str]:
    """For a terminal: a line for each finding with its details below, a table for anything else."""
    made: list[RenderableType | str] = []
    for section in sections:
        made += ["", section.title, *(f"  {line}" for line in section.lines)]
        if "what" in section.header:
            found = screen.columns(right=[1])
            for row in section.rows:
                found.add_row(*_finding(dict(zip(section.header, row, strict=True))))
            made += [found] if section.rows else []
        elif section.rows:
            made.append(screen.table(section.header, section.rows, widest=None))
    return made[1:]


def text(sections: Iterable[Section]) -> str:
    """The same as plain text."""
    return screen.text(*parts(sections))


def _finding(cells: dict[str, object]) -> list[Text]:
    from rich.text import Text

    count = cells["count"]
    lines = [f"{cells['column']}: {cells['why']}" if cells["column"] else str(cells["why"])]
    detail = []
    if cells["rows"]:
        detail.append(f"rows {cells['rows']}")
    if cells["examples"]:
        detail.append(f"e.g. {screen.cell(cells['examples'])}")
    if detail:
        lines.append("; ".join(detail))
    if cells["remedy"]:
        lines.append(f"remedy: {cells['remedy']}")
    shown = f"{count:,}" if isinstance(count, int) else str(count)
    return [Text(f"  {cells['what']}"), Text(shown), Text("\n".join(lines))]


def page(title: str, sections: Iterable[Section]) -> str:
    """One HTML page that needs nothing but itself."""
    body = []
    for section in sections:
        state = "bad" if section.is_bad else "ok"
        body.append(f'<h2 class="{state}">{_escaped(section.title)}</h2>')
        body += [f"<p>{_escaped(line)}</p>" for line in section.lines]
        if section.rows:
            head = "".join(f"<th>{_escaped(name)}</th>" for name in section.header)
            rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in section.rows)
            body.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_escaped(title)}</title><style>{_CSS}</style></head><body>"
        f'<h1>{_escaped(title)}</h1><p class="dim">{clock.now():%Y-%m-%d %H:%M}</p>'
        f"{''.join(body)}</body></html>\n"
    )


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f'<td class="n">{value:,}</td>'
    return f"<td>{_escaped(value)}</td>"


def _escaped(value: object) -> str:
    return html.escape(str(value), quote=True)


def described(contract: Contract) -> list[RenderableType | str]:
    """What a feed is made of, for whoever maps a file onto it."""
    rows = []
    for column in contract.columns:
        marks = ["required"] if column.required else []
        marks += [f"personal: {column.personal}"] if column.personal else []
        marks += [f"in {column.unit}"] if column.unit else []
        codes = f" (codes: {', '.join(dict.fromkeys(column.map.values()))})" if column.map else ""
        rows.append(
            (
                column.name,
                column.type,
                ", ".join(marks),
                ", ".join(column.sources),
                f"{column.doc}{codes}",
            )
        )
    return [
        f"{contract.name}: {' / '.join(contract.title.values())}".rstrip(": "),
        f"files {contract.path}, mode {contract.mode}, "
        + (f"key {', '.join(contract.key)}" if contract.key else "no key"),
        "",
        screen.table(["column", "type", "", "read from", "meaning"], rows, widest=None),
    ]
