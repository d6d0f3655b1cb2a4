"""The way back: from a published row, a product and day, or a quarantined row to file and line.

Belongs here: finding the rows of bronze and quarantine that something was made of, and where their
originals lie. What the models made of them is written in their own lineage.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from baokuan.home import Home
from ingest import outcomes
from ingest.arrive.landing import archive_of
from ingest.contract.model import Contract
from ingest.outcomes import Outcome
from ingest.sql import ident

# Published ids are keys joined by '|': what each place of an id is called in the feeds.
STORE = ("store_code", "biz_date", "receipt_no", "line_no")
ONLINE = ("platform", "order_no", "line_no")
IDS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "core.fct_sale_line": (
        ("pos_receipt_line", STORE),
        ("pos_receipt", STORE[:3]),
        ("ec_order_line", ONLINE),
        ("ec_order", ONLINE[:2]),
        ("ec_refund", ONLINE[:2]),
    ),
    "core.fct_return_line": (
        ("pos_receipt_line", STORE),
        ("pos_return", ("store_code", "", "return_no", "line_no")),
        ("ec_refund", ("platform", "refund_no")),
        ("ec_order_line", ONLINE),
    ),
    "core.fct_po_line": (("erp_po", ("po_no", "line_no")),),
    "core.fct_stock_move": (("erp_stock_move", ("doc_no", "line_no")),),
    "core.fct_presale": (("ec_presale", ("campaign", "order_no", "barcode")),),
}
# Feeds in which a product's numbers of a day begin, and the day they count for.
OF_A_DAY = {
    "pos_receipt_line": "biz_date",
    "erp_stock_move": "coalesce(received_at, sent_at)::date",
    "erp_stock_snap": "snap_date",
}


@dataclass
class Origin:
    """One row of a landed file."""

    feed: str
    source: str  # path below landing/ when it came
    row_no: int
    archive: str  # path of the original now, or why there is none
    batch: int
    contract: str
    what: str = "kept"  # kept, quarantined, value rejected, flagged
    reason: str = ""
    values: dict[str, str] = field(default_factory=dict)  # non-personal ones


def by_id(home: Home, contracts: list[Contract], table: str, ident_: str) -> list[Origin]:
    """Rows that a published row was made of.

    Raises:
        ValueError: no way back is known from that table.
    """
    if table not in IDS:
        raise ValueError(f"no way back from {table}; known: {', '.join(IDS)}")
    parts = ident_.split("|")
    found: list[Origin] = []
    for feed, names in IDS[table]:
        pairs = [(n, v) for n, v in zip(names, parts, strict=False) if n]
        if feed == "pos_return":  # a slip without a receipt line: |s1
            pairs = [(n, v.removeprefix("s")) for n, v in pairs]
        if len(parts) < len(names):
            continue
        test = " and ".join(f"{ident(name)}::varchar = ?" for name, _ in pairs)
        found += _rows(home, contracts, feed, test, [value for _, value in pairs])
        needles = [value for name, value in pairs if name not in ("line_no", "biz_date")]
        found += _doubtful(home, feed, needles)
    return found


def by_product(
    home: Home, contracts: list[Contract], skc_id: str, day: date, store: str | None = None
) -> list[Origin]:
    """Rows behind a product's numbers of one business day.

    Raises:
        ValueError: the id is not of the form style/colour.
    """
    style, slash, color = skc_id.rpartition("/")
    if not slash:
        raise ValueError(f"'{skc_id}' is no SKC id: style code, a slash, colour code")
    codes = _barcodes(home, contracts, style, color)
    found: list[Origin] = []
    for feed, on in OF_A_DAY.items():
        contract = _canonical(contracts, feed)
        if contract is None:
            continue
        has = {name for name, _ in contract.outputs}
        test = "barcode in (select unnest(?::varchar[]))"
        values: list[Any] = [codes]
        if {"style_code", "color_code"} <= has:
            test = f"({test} or (style_code = ? and color_code = ?))"
            values += [style, color]
        test += f" and {on} = ?"
        values.append(day)
        if store is not None and "store_code" in has:
            test += " and store_code = ?"
            values.append(store)
        found += _rows(home, contracts, feed, test, values)
    if store is None:
        found += _online(home, contracts, codes, day)
    return found


def by_row(home: Home, file_id: str, row_no: int) -> list[Origin]:
    """What became of one line of a file: kept, quarantined, and why.

    Raises:
        ValueError: no such file.
    """
    outcome = next((o for o in outcomes.read_all(home) if o.file_id == file_id), None)
    if outcome is None:
        raise ValueError(f"no file is called {file_id}; see: baokuan ingest status")
    found = _quarantined(home, outcome, "row_no = ?", [row_no])
    if outcome.bronze_path is not None:
        with duckdb.connect(":memory:") as con:
            there = con.execute(
                "select * from read_parquet(?) where _row_no = ?",
                [str(home.root / outcome.bronze_path), row_no],
            )
            names = [column[0] for column in there.description or []]
            for row in there.fetchall():
                found.append(_origin(home, outcome, row_no, dict(zip(names, row, strict=True))))
    return found


def quarantine(
    home: Home, feed: str | None = None, reason: str | None = None, limit: int = 100
) -> list[Origin]:
    """Quarantined rows, latest files first."""
    found: list[Origin] = []
    for outcome in sorted(outcomes.read_all(home), key=lambda o: (-o.batch, o.file_id)):
        if outcome.quarantine_path and feed in (None, outcome.feed):
            test = "kind = 'row'" + (" and contains(reason, ?)" if reason else "")
            found += _quarantined(home, outcome, test, [reason] if reason else [])
        if len(found) >= limit:
            return found[:limit]
    return found


def _canonical(contracts: list[Contract], feed: str) -> Contract | None:
    return next((c for c in contracts if c.feed == feed and c.source is None), None)


def _files(home: Home, feed: str) -> dict[str, Outcome]:
    return {o.file_id: o for o in outcomes.read_all(home) if o.feed == feed and o.bronze_path}


def _rows(
    home: Home, contracts: list[Contract], feed: str, test: str, values: list[Any]
) -> list[Origin]:
    """Bronze rows that meet a condition, older files first: the last one counts."""
    contract, files = _canonical(contracts, feed), _files(home, feed)
    if contract is None or not files:
        return []
    paths = [str(home.root / str(o.bronze_path)) for o in files.values()]
    with duckdb.connect(":memory:") as con:
        found = con.execute(
            f"select * from read_parquet(?, union_by_name = true) where {test}", [paths, *values]
        )
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    origins = [_origin(home, files[row["_file_id"]], row["_row_no"], row) for row in rows]
    return sorted(origins, key=lambda o: (o.batch, o.source, o.row_no))


def _origin(home: Home, outcome: Outcome, row_no: int, row: dict[str, Any]) -> Origin:
    shown = {
        name: str(value)
        for name, value in row.items()
        if value is not None and not name.startswith("_") and not name.endswith("_key")
    }
    original = archive_of(home, outcome)
    held = "held: not in any view" if outcome.status == "held" else ""
    return Origin(
        outcome.feed, outcome.source, row_no,
        str(original) if original else "the original is no longer kept",
        outcome.batch, outcome.contract, "held" if held else "kept",
        held or (f"notes: {row['_notes']}" if row.get("_notes") else ""), shown,
    )  # fmt: skip


def _quarantined(home: Home, outcome: Outcome, test: str, values: list[Any]) -> list[Origin]:
    if outcome.quarantine_path is None:
        return []
    kinds = {"row": "quarantined", "value": "value rejected", "flag": "flagged"}
    original = archive_of(home, outcome)
    with duckdb.connect(":memory:") as con:
        rows = con.execute(
            'select row_no, kind, reason, "column", value, raw from read_parquet(?) '
            f"where {test} order by row_no",
            [str(home.root / outcome.quarantine_path), *values],
        ).fetchall()
    result = []
    for row_no, kind, reason, column, value, raw in rows:
        why = reason + (f" in {column}" if column else "") + (f": '{value}'" if value else "")
        result.append(
            Origin(
                outcome.feed,
                outcome.source,
                row_no,
                str(original) if original else "the original is no longer kept",
                outcome.batch,
                outcome.contract,
                kinds[kind],
                why,
                json.loads(raw or "{}"),
            )
        )
    return result


def _doubtful(home: Home, feed: str, needles: list[str]) -> list[Origin]:
    """Quarantined rows whose raw text holds every part of an id."""
    found: list[Origin] = []
    if not needles:
        return found
    test = " and ".join(["kind = 'row'", *("contains(raw, ?)" for _ in needles)])
    for outcome in outcomes.read_all(home):
        if outcome.feed == feed:
            found += _quarantined(home, outcome, test, [f'"{needle}"' for needle in needles])
    return found


def _barcodes(home: Home, contracts: list[Contract], style: str, color: str) -> list[str]:
    test = "style_code = ? and color_code = ?"
    rows = _rows(home, contracts, "erp_sku", test, [style, color])
    return sorted({row.values["barcode"] for row in rows})


def _online(home: Home, contracts: list[Contract], codes: list[str], day: date) -> list[Origin]:
    """Online lines of orders paid on the day."""
    orders = _rows(home, contracts, "ec_order", "paid_at::date = ?", [day])
    paid = sorted({f"{o.values['platform']}|{o.values['order_no']}" for o in orders})
    if not paid:
        return []
    test = "barcode in (select unnest(?::varchar[])) "
    test += "and platform || '|' || order_no in (select unnest(?::varchar[]))"
    return _rows(home, contracts, "ec_order_line", test, [codes, paid])
