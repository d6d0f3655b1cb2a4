"""Suites: reads ``quality/suites/**/*.yml``, spells each entry out as Great Expectations checks.

An entry is one of
    type: …, kwargs: {…}      any expectation of Great Expectations, with its arguments
    bad: SQL condition        rows that must not be; fails above ``share`` (default 0) of all rows
    query: SQL                must return no row; ``{batch}`` is the table under test
    volume: {least, most}     rows compared with the version that serves now
Every entry has an ``id``, a ``doc`` (中文 / English) and a ``severity``; where the limit depends on
the severity, ``share``, ``least`` and ``most`` give one limit for each. ``needs`` names feeds or
tables without which an entry can't be judged; ``each: list`` repeats it for the items of a list of
the suite, ``$item`` being the item. ``having: [_status]`` as a list means the columns of the table
that have such companions, so that a new indicator is checked without a word; ``catalogue: reasons``
means the catalogue's codes (reasons, levels, stages) or its indicators that are shares of a whole.
A list may also stand in ``kwargs`` as ``{list: name}``. Nothing is run here.
"""

from __future__ import annotations

import csv
import math
import re
import string
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from catalogue import read

FOLDER = Path(__file__).parent / "suites"
SEVERITIES = ("block_version", "block_feed", "warn")
# Great Expectations puts a named subquery in place of {batch}; this leaves the name to the suite.
_BATCH = "(select * from {batch})"
_KEYS = {
    "id", "doc", "severity", "needs", "each", "column", "type", "kwargs", "bad", "share", "of",
    "query", "volume",
}  # fmt: skip


class SuiteError(ValueError):
    """A suite file that can't be understood; says file, entry and what is wrong."""


@dataclass(frozen=True)
class Check:
    """One expectation with one severity."""

    id: str
    type: str
    kwargs: dict[str, Any]
    severity: str
    doc: str
    column: str | None = None
    needs: tuple[str, ...] = ()
    bad: str | None = None  # the condition, so that a failure can name the files it came from
    above: float | None = None  # share of bad rows from which it fails

    @property
    def label(self) -> str:
        """What is expected and what a failure leads to."""
        limit = f" > {self.above:.1%}" if self.above else ""
        return f"{self.doc} [{self.severity}{limit}]"


@dataclass(frozen=True)
class Suite:
    """All checks of one table. ``missing`` says what it means that the table isn't there."""

    name: str
    target: str
    title: str
    checks: tuple[Check, ...]
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: str | None = None  # a severity, or None: not_available

    @property
    def words(self) -> frozenset[str]:
        """Every word of the checks' arguments: the columns they look at are among them."""
        texts = [f"{check.kwargs} {check.bad} _file_id" for check in self.checks]
        return frozenset(re.findall(r"\w+", " ".join(texts)))


def load(
    kind: str, facts: Mapping[str, Any], accepted: Mapping[tuple[str, str], str] | None = None
) -> list[Suite]:
    """The suites below ``suites/<kind>/`` in name order.

    Args:
        facts: values for ``$name`` in texts (``as_of``), and ``previous_rows``: rows of each table
            of the version that serves now, or None before the first one; ``columns``: the columns
            of each table of the candidate.
        accepted: reasons by (suite, id): what the retailer accepts only warns.

    Raises:
        SuiteError: a file is wrong.
    """
    found = [parse(path, facts) for path in sorted((FOLDER / kind).glob("*.yml"))]
    return [_softened(suite, accepted) for suite in found] if accepted else found


def read_accepted(folder: Path) -> dict[tuple[str, str], str]:
    """What the retailer accepts: ``quality_accepted.csv`` (suite,expectation,reason) of its folder.

    Raises:
        SuiteError: the file has other columns or a line without a reason.
    """
    path = folder / "quality_accepted.csv"
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for number, row in enumerate(rows, start=2):
        suite, expectation, reason = (
            (row.get(k) or "").strip() for k in ("suite", "expectation", "reason")
        )
        if not (suite and expectation and reason):
            raise SuiteError(f"{path}, line {number}: needs suite, expectation and reason")
        found[suite, expectation] = reason
    return found


def _softened(suite: Suite, accepted: Mapping[tuple[str, str], str]) -> Suite:
    checks = []
    for check in suite.checks:
        reason = accepted.get((suite.name, check.id))
        if reason and check.severity != "warn":
            doc = f"{check.doc} — accepted: {reason}"
            check = replace(check, severity="warn", doc=doc)
        checks.append(check)
    return replace(suite, checks=tuple(checks))


def parse(path: Path, facts: Mapping[str, Any]) -> Suite:
    """One suite file.

    Raises:
        SuiteError: it is not a suite.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        name, target, title = raw["suite"], raw["target"], raw["title"]
        entries = raw["expectations"]
    except (KeyError, TypeError) as error:
        raise SuiteError(f"{path.name}: {error} is missing") from error
    lists = _lists(raw.get("lists", {}), facts.get("columns", {}).get(target, ()))
    checks: list[Check] = []
    for entry in entries:
        where = f"{path.name}: {entry.get('id', entry)}"
        wrong = set(entry) - _KEYS
        if wrong or not {"id", "doc"} <= set(entry):
            raise SuiteError(f"{where}: needs id and doc; unknown keys: {sorted(wrong) or 'none'}")
        for each in _repeated(entry, lists, where):
            try:
                checks += _spell_out(each, target, facts)
            except (KeyError, TypeError) as error:
                raise SuiteError(f"{where}: {error}") from error
    ids = [(check.id, check.severity) for check in checks]
    double = {key for key in ids if ids.count(key) > 1}
    if double:
        raise SuiteError(f"{path.name}: more than once: {sorted(double)}")
    for check in checks:
        if check.severity not in SEVERITIES:
            raise SuiteError(f"{path.name}: {check.id}: severity {check.severity!r} is unknown")
    return Suite(
        name=name,
        target=target,
        title=title,
        checks=tuple(checks),
        known={feed: tuple(columns) for feed, columns in raw.get("known", {}).items()},
        missing=raw.get("missing"),
    )


def _lists(raw: dict[str, Any], columns: Collection[str]) -> dict[str, list[str]]:
    return {name: _items(items, columns) for name, items in raw.items()}


def _items(given: Any, columns: Collection[str]) -> list[str]:
    if isinstance(given, list):
        return given
    if "catalogue" in given:
        return CATALOGUED[given["catalogue"]]()
    return [c for c in columns if all(f"{c}{end}" in columns for end in given["having"])]


def _shares() -> list[str]:
    """Indicators that are a share of a whole, by their bounds."""
    rows = read.project().at("company")
    return [one.indicator for one in rows if (one.least, one.most) == (0, 1)]


CATALOGUED = {
    "reasons": lambda: list(read.project().reasons),
    "levels": lambda: list(read.project().hit_levels),
    "stages": lambda: list(read.project().hit_stages),
    "shares": _shares,
}


def _repeated(entry: dict, lists: Mapping[str, list[str]], where: str) -> Iterator[dict]:
    entry = _with_lists(entry, lists, where)
    if "each" not in entry:
        yield entry
        return
    if entry["each"] not in lists:
        raise SuiteError(f"{where}: there is no list {entry['each']!r}")
    for item in lists[entry["each"]]:
        yield _filled({k: v for k, v in entry.items() if k != "each"}, {"item": item})


def _with_lists(entry: dict, lists: Mapping[str, list[str]], where: str) -> dict:
    """An entry whose arguments hold the items of the lists that they name."""
    kwargs = dict(entry.get("kwargs", {}))
    for name, value in kwargs.items():
        if isinstance(value, dict) and set(value) == {"list"}:
            if value["list"] not in lists:
                raise SuiteError(f"{where}: there is no list {value['list']!r}")
            kwargs[name] = lists[value["list"]]
    return {**entry, "kwargs": kwargs} if kwargs else entry


def _filled(value: Any, facts: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return string.Template(value).safe_substitute({k: str(v) for k, v in facts.items()})
    if isinstance(value, dict):
        return {k: _filled(v, facts) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, facts) for v in value]
    return value


def _spell_out(entry: dict, target: str, facts: Mapping[str, Any]) -> Iterator[Check]:
    entry = _filled(entry, {k: v for k, v in facts.items() if isinstance(v, (str, int))})
    if "volume" in entry:
        yield from _volume(entry, target, facts.get("previous_rows"))
    elif "bad" in entry:
        for severity, share in _limits(entry.get("share", 0), entry):
            kwargs = _bad_rows(entry, share)
            check = _check(entry, severity, "bad_rows_query", kwargs)
            yield replace(check, bad=entry["bad"], above=share)
    elif "query" in entry:
        kwargs = {"unexpected_rows_query": entry["query"].replace("{batch}", _BATCH)}
        yield _check(entry, entry["severity"], "bad_rows_query", kwargs)
    else:
        yield _check(entry, entry["severity"], entry["type"], dict(entry.get("kwargs", {})))


def _check(entry: dict, severity: str, kind: str, kwargs: dict[str, Any]) -> Check:
    columns = kwargs.get("column_list") or []
    return Check(
        id=entry["id"],
        type=kind,
        kwargs=kwargs,
        severity=severity,
        doc=entry["doc"],
        column=entry.get("column") or kwargs.get("column") or ", ".join(columns) or None,
        needs=tuple(entry.get("needs", ())),
    )


def _limits(value: Any, entry: dict) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        yield from value.items()
    else:
        yield entry["severity"], value


def _bad_rows(entry: dict, share: float) -> dict[str, str]:
    """A query that returns one row of counts, never a row of data, when too many rows are bad."""
    among = entry.get("of", "true")
    return {
        "unexpected_rows_query": (
            f"select count(*) filter (where {entry['bad']}) as bad_rows, count(*) as all_rows "
            f"from {_BATCH} as b where {among} "
            f"having count(*) filter (where {entry['bad']}) > {share} * count(*)"
        )
    }


def _volume(entry: dict, target: str, previous: Mapping[str, int] | None) -> Iterator[Check]:
    limits: dict[str, dict[str, float]] = entry["volume"]
    rows = (previous or {}).get(target)
    for severity in SEVERITIES:
        least, most = (limits.get(side, {}).get(severity) for side in ("least", "most"))
        if least is None and most is None:
            continue
        kwargs: dict[str, Any] = {}
        if rows is not None and least is not None:
            kwargs["min_value"] = math.floor(rows * least)
        if rows is not None and most is not None:
            kwargs["max_value"] = math.ceil(rows * most)
        needs = [] if rows is not None else ["previous version"]
        spelled = {**entry, "needs": [*entry.get("needs", []), *needs]}
        yield _check(spelled, severity, "expect_table_row_count_to_be_between", kwargs)
