"""The text of a draft contract: YAML that loads as it is, with comments for the person who edits.

Belongs here: filling what the file lacks, and wording. What fits where is decided in ``likeness``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from ingest.contract import load_all
from ingest.contract.model import Column
from ingest.draft import likeness
from ingest.draft.likeness import Match
from ingest.draft.look import Look, describe, look
from ingest.draft.profile import Profile, profiles

EDIT = "  # EDIT: "
LAST_PLACE = 4000  # where a line's last column may end
_GOODS = ("barcode", "style_code", "item_id")


def draft(path: Path, feed: str | None = None, source: str | None = None) -> str:
    """A contract for a file, as commented YAML.

    Args:
        feed: the canonical feed, where the likeliest one is not wanted.
        source: name of the source; default: the folder's.

    Raises:
        BlockedError: there is no table in the file.
        ValueError: no such feed.
    """
    contracts = load_all()
    found = look(path)
    columns = profiles(found)
    stem = path.name.split(".")[0]
    ranked = likeness.best_feeds(columns, stem, contracts)
    if feed is not None:
        chosen = [m for m in ranked if m.contract.feed == feed]
        if not chosen:
            known = ", ".join(sorted(m.contract.feed for m in ranked))
            raise ValueError(f"no feed is called '{feed}'; feeds: {known}")
        ranked = chosen + [m for m in ranked if m is not chosen[0]]
    best = ranked[0]
    source = source or _slug(path.resolve().parent.name) or "own"
    return _text(path, source, found, columns, best, ranked[1:3])


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return slug if slug[:1].isalpha() else ""


def _quoted(text: str) -> str:
    """A YAML scalar."""
    return json.dumps(text, ensure_ascii=False)


def _text(
    path: Path, source: str, found: Look, columns: list[Profile], best: Match, others: list[Match]
) -> str:
    contract = best.contract
    facts = likeness.evidence(best)
    lines = [
        f"# Draft for {path.name}: {describe(found)}.",
        f"# Closest feed: {contract.feed} ({facts['found']} of {facts['required']} required "
        f"columns found, {facts['columns']} in all); next: "
        + ", ".join(f"{m.contract.feed}" for m in others) + ".",
        "# Read every line marked EDIT; save this in the folder BAOKUAN_CONTRACTS, then try it:",
        "#   baokuan ingest check FILE",
        *_personal_lines(columns),
        f"feed: {contract.feed}",
        f"source: {source}",
        f"match: {{path: {_quoted(_pattern(path, source))}}}",
    ]  # fmt: skip
    if layout := _format(found):
        lines.append(f"format: {{{layout}}}")
    filled, ordinal = _columns(found, columns, best)
    if ordinal:
        lines.append("identity: hash_ordinal  # equal lines are numbered by content")
    elif key := [c for c in contract.key if c in filled]:
        lines.append(f"# key: {', '.join(key)}{_key_doubt(found, best, key)}")
    if contract.business_date and contract.zone:
        date = contract.column(contract.business_date)
        at_midnight = date.type == "date" and contract.cutoff_minutes
        if at_midnight and contract.business_date not in filled:
            at_midnight = 0
        cut = ', cutoff: "00:00"' if contract.cutoff_minutes else ""
        lines.append(
            f"business_date: {{column: {contract.business_date}, timezone: {contract.zone}{cut}}}"
            f"{EDIT}the shops' time zone; cutoff: when a business day ends"
        )
    lines.append("columns:")
    lines += [f"  {name}: {text}" for name, text in filled.items()]
    left = [p for p in likeness.spare(best, columns) if p.name.strip()]
    if left:
        lines.append("# Not mapped:")
        lines += [f"#   {_quoted(p.name)}: {_seen(p)}" for p in left]
    return "\n".join(lines) + "\n"


def _personal_lines(columns: list[Profile]) -> list[str]:
    """What personal data the file holds, by column; values are not shown."""
    held = [f"{p.name} ({p.personal})" for p in columns if p.personal not in (None, "biometric")]
    lines = [f"# Personal data: {', '.join(held)}." if held else "# No personal data seen."]
    body = [p.name for p in columns if p.personal == "biometric"]
    if body:
        lines.append(
            f"# Biometric data: {', '.join(body)}. A file with them is not loaded: "
            "have them left out of the export."
        )
    return lines


def _pattern(path: Path, source: str) -> str:
    """Files like this one: digits in the name stand for dates and numbers."""
    name = re.sub(r"[0-9]+(?:[-_.]?[0-9]+)*", "*", path.name)
    name = re.sub(r"\[", "[[]", name)
    return f"{source}/{name}"


def _format(found: Look) -> str:
    if found.fixed:
        return _aligned(found)
    parts = []
    if found.kind != "csv":
        parts.append(f"type: {found.kind}")
    if found.encoding == "cp1252":
        parts.append("encoding: cp1252")
    if found.header_row == 0 and found.kind in ("csv", "xlsx"):
        parts.append("header: none")
    if found.delimiter and found.delimiter != ",":
        parts.append(f"delimiter: {_quoted(found.delimiter)}")
    if found.sheet and len(found.sheets) > 1:
        parts.append(f"sheet: {_quoted(found.sheet)}")
    return ", ".join(parts)


def _aligned(found: Look) -> str:
    """Columns between runs of blanks; by place where a value may itself hold a blank."""
    if all(cell is not None and " " not in cell for row in found.rows for cell in row):
        return "type: csv, delimiter: blanks" + ("" if found.header_row else ", header: none")
    spans = [(start + 1, end or LAST_PLACE) for start, end in found.fixed]
    places = (
        f"{_quoted(name)}: {first}-{last}"
        for name, (first, last) in zip(found.names, spans, strict=True)
    )
    return f"type: fixed, widths: {{{', '.join(places)}}}"


def _columns(found: Look, columns: list[Profile], best: Match) -> tuple[dict[str, str], bool]:
    """The text of each column, and whether rows are numbered by content."""
    contract = best.contract
    lines: dict[str, str] = {}
    ordinal = False
    for column in contract.columns:
        profile = best.chosen.get(column.name)
        if profile is not None:
            lines[column.name] = _mapped(found, columns, column, profile)
        elif column.required:
            text = _filler(found, column, best)
            if text is not None:
                lines[column.name] = text
                ordinal |= text.startswith("{ordinal")
    return lines, ordinal


def _mapped(found: Look, columns: list[Profile], column: Column, profile: Profile) -> str:
    spec = f"from: [{_quoted(profile.name)}]"
    note = ""
    if column.type in ("date", "timestamp") and profile.order != "ymd":
        spec += f", order: {profile.order}" if profile.format is None else ""
        spec += f", formats: [{_quoted(profile.format)}]" if profile.format else ""
        if profile.ambiguous:
            note = f"{EDIT}is it day first (dmy) or month first (mdy)? No value tells"
    if profile.fillers and profile.personal is None:
        spec += f", nulls: [{', '.join(map(_quoted, profile.fillers))}]"
        note = note or f"{EDIT}do these words mean that nothing is known?"
    if column.map:
        unknown = [e for e in profile.examples if e not in {*column.map, *column.map.values()}]
        if unknown:
            code = _codes(column)[0]
            pairs = ", ".join(f"{_quoted(text)}: {code}" for text in unknown)
            spec += f", map: {{{pairs}}}"
            note = f"{EDIT}codes: {', '.join(_codes(column))}"
    return f"{{{spec}}}{note or '  # ' + _seen(profile)}"


def _codes(column: Column) -> list[str]:
    return list(dict.fromkeys((column.map or {}).values()))


def _seen(profile: Profile) -> str:
    """What the column holds; values of personal columns are not shown."""
    if profile.personal:
        return f"personal data ({profile.personal})"
    if not profile.filled:
        return "empty in the first rows"
    shown = ", ".join(text.replace("\n", " ") for text in profile.examples)
    return f"{profile.type}, {profile.distinct} different: {shown}"


def _filler(found: Look, column: Column, best: Match) -> str | None:
    """A stand-in for a required column that the file lacks; None: the contract has a default."""
    chosen, contract = best.chosen, best.contract
    times = [n for n in chosen if contract.column(n).type == "timestamp"]
    if column.type == "date" and times and contract.business_date == column.name:
        return f"{{default: {times[0]}}}  # the day of {times[0]}"
    if column.default is not None:
        other = next((c for c in contract.columns if c.name == column.default), None)
        if other is None or other.name in chosen:
            return f"{{default: {column.default}}}"
    if column.name == "line_no":
        numbers = ("receipt_no", "order_no", "return_no", "po_no", "doc_no", "refund_no")
        by = [n for n in numbers if n in chosen]
        among = by[:1] or [n for n in contract.key if n in chosen]
        if among:
            return f"{{ordinal: [{', '.join(among)}]}}"
        return '{const: "1"}' + EDIT + "the export numbers no lines"
    if column.name == "sale_amt" and {"qty", "unit_price"} <= chosen.keys() and not found.fixed:
        qty, price = (f'"{chosen[n].name}"' for n in ("qty", "unit_price"))
        expression = f"cast({qty} as decimal(18,3)) * cast({price} as decimal(18,4))"
        return f"{{expr: {json.dumps(expression, ensure_ascii=False)}}}{EDIT}amount of the line"
    if column.name == "sale_amt" and "unit_price" in chosen and "qty" not in chosen:
        return _from(found, chosen["unit_price"]) + EDIT + "amount of the line"
    if column.name in _GOODS and (same := next((n for n in _GOODS if n in chosen), None)):
        return _from(found, chosen[same]) + EDIT + "the only product code in the file"
    if column.type in ("date", "timestamp"):
        dated = [n for n, p in chosen.items() if contract.column(n).type in ("date", "timestamp")]
        if dated and column.type == contract.column(dated[0]).type:
            return f"{{default: {dated[0]}}}{EDIT}no such date in the file"
        if column.type == "date":
            return f"{{default: file_date}}{EDIT}the date in the file's name"
        return '{const: "2000-01-01 00:00:00"}' + EDIT + "no such time in the file"
    if column.map:
        return f"{{const: {_codes(column)[0]}}}{EDIT}one of {', '.join(_codes(column))}"
    if column.type == "text":
        return f'{{const: "?"}}{EDIT}{column.doc.lower()}: not in the file'
    value = "1" if column.name in ("qty", "units") else "0"
    return f'{{const: "{value}"}}{EDIT}{column.doc.lower()}: not in the file'


def _from(found: Look, profile: Profile) -> str:
    return f"{{from: [{_quoted(profile.name)}]}}"


def _key_doubt(found: Look, best: Match, key: list[str]) -> str:
    """A warning where the sampled rows repeat the feed's key."""
    places = {name: index for index, name in enumerate(found.names)}
    wanted = [places[best.chosen[name].name] for name in key if name in best.chosen]
    seen = [tuple(row[place] for place in wanted) for row in found.rows]
    again = len(seen) - len(set(seen))
    if not wanted or not again:
        return ""
    return (
        f" — {again} of the first {len(seen)} rows repeat it: later rows replace earlier ones; "
        "for real repetitions set identity: hash_ordinal and an ordinal column"
    )
