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
from typing import Any, Literal, Self, get_args

from pydantic import Field, ValidationError
from pydantic import model_validator as on_model

from baokuan import yaml_lines
from baokuan.spec import Spec, Texts, problems, wrong
from catalogue import read

FOLDER = Path(__file__).parent / "suites"
Severity = Literal["block_version", "block_feed", "warn"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
# Great Expectations puts a named subquery in place of {batch}; this leaves the name to the suite.
_BATCH = "(select * from {batch})"


class SuiteError(ValueError):
    """Suite files that can't be understood; every problem with file and line."""


@dataclass(frozen=True)
class Check:
    """One expectation with one severity."""

    id: str
    type: str
    kwargs: dict[str, Any]
    severity: Severity
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


class Bounds(Spec):
    """Rows as a share of those of the version that serves."""

    least: dict[Severity, int | float] = Field(default={})
    most: dict[Severity, int | float] = Field(default={})


class Items(Spec):
    """A list: written out, columns with companions, or codes of the catalogue."""

    items: Texts | None = None
    having: Texts | None = None
    catalogue: Literal["reasons", "levels", "stages", "shares"] | None = None

    @on_model(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        return {"items": data} if isinstance(data, list) else data

    def of(self, columns: Collection[str]) -> list[str]:
        if self.items is not None:
            return list(self.items)
        if self.catalogue is not None:
            return CATALOGUED[self.catalogue]()
        ends = self.having or ()
        return [c for c in columns if all(f"{c}{end}" in columns for end in ends)]


class Entry(Spec):
    """One entry of ``expectations``, see above."""

    id: str
    doc: str
    severity: Severity | None = None
    needs: Texts = ()
    each: str | None = None
    column: str | None = None
    type: str | None = None
    kwargs: dict[str, Any] = Field(default={})
    bad: str | None = None
    share: dict[Severity, int | float] = Field(default={})
    of: str = "true"
    query: str | None = None
    volume: Bounds | None = None

    @on_model(mode="before")
    @classmethod
    def _one_share(cls, data: Any) -> Any:
        """A plain share is the limit of the entry's severity."""
        if not isinstance(data, dict) or "bad" not in data or "severity" not in data:
            return data
        share = data.get("share", 0)
        return {**data, "share": share if isinstance(share, dict) else {data["severity"]: share}}

    @on_model(mode="after")
    def _fits(self) -> Self:
        kinds = (self.type, self.bad, self.query, self.volume)
        if sum(kind is not None for kind in kinds) != 1:
            raise wrong("an expectation has one of 'type', 'bad', 'query' and 'volume'")
        if self.severity is None and not self.share and self.volume is None:
            raise wrong(f"'severity' is missing; one of {', '.join(SEVERITIES)}")
        return self


class SuiteSpec(Spec):
    """One suite file."""

    suite: str
    target: str
    title: str
    missing: Severity | None = None
    known: dict[str, Texts] = Field(default={})
    lists: dict[str, Items] = Field(default={})
    expectations: tuple[Entry, ...]


def parse(path: Path, facts: Mapping[str, Any]) -> Suite:
    """One suite file.

    Raises:
        SuiteError: it is not a suite.
    """
    try:
        document = yaml_lines.read(path)
        spec = SuiteSpec.model_validate(document.data)
    except yaml_lines.YamlError as error:
        raise SuiteError(str(error)) from error
    except ValidationError as error:
        told = [f"{document.where(*at)}: {what}" for what, at in problems(error, SuiteSpec)]
        raise SuiteError("\n".join(told)) from error
    columns = facts.get("columns", {}).get(spec.target, ())
    lists = {name: items.of(columns) for name, items in spec.lists.items()}
    checks: list[Check] = []
    for number, entry in enumerate(spec.expectations):
        where = document.where("expectations", str(number))
        for each in _repeated(entry, lists, where):
            for check in _spell_out(each, spec.target, facts):
                if (check.id, check.severity) in {(c.id, c.severity) for c in checks}:
                    raise SuiteError(f"{where}: '{check.id}' is there twice as {check.severity}")
                checks.append(check)
    return Suite(spec.suite, spec.target, spec.title, tuple(checks), spec.known, spec.missing)


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


def _repeated(entry: Entry, lists: Mapping[str, list[str]], where: str) -> Iterator[Entry]:
    """The entry for each item of its list; arguments that name a list hold its items."""

    def items(name: str) -> list[str]:
        if name not in lists:
            raise SuiteError(f"{where}: there is no list {name!r}; lists: {sorted(lists)}")
        return lists[name]

    kwargs = {
        name: items(value["list"]) if isinstance(value, dict) and set(value) == {"list"} else value
        for name, value in entry.kwargs.items()
    }
    entry = entry.model_copy(update={"kwargs": kwargs})
    if entry.each is None:
        yield entry
    else:
        for item in items(entry.each):
            yield _with(entry, {"item": item})


def _with(entry: Entry, facts: Mapping[str, Any]) -> Entry:
    """The entry with ``$name`` in its texts replaced."""
    return entry.model_copy(update=_filled(vars(entry), facts))


def _filled(value: Any, facts: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return string.Template(value).safe_substitute({k: str(v) for k, v in facts.items()})
    if isinstance(value, dict):
        return {k: _filled(v, facts) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_filled(v, facts) for v in value)
    return value


def _spell_out(entry: Entry, target: str, facts: Mapping[str, Any]) -> Iterator[Check]:
    entry = _with(entry, {k: v for k, v in facts.items() if isinstance(v, str | int)})
    if entry.volume is not None:
        yield from _volume(entry, entry.volume, target, facts.get("previous_rows"))
    elif entry.bad is not None:
        for severity, share in entry.share.items():
            check = _check(entry, severity, "bad_rows_query", _bad_rows(entry, share))
            yield replace(check, bad=entry.bad, above=share)
    else:
        kwargs, kind = dict(entry.kwargs), entry.type or "bad_rows_query"
        if entry.query is not None:
            kwargs = {"unexpected_rows_query": entry.query.replace("{batch}", _BATCH)}
        assert entry.severity is not None
        yield _check(entry, entry.severity, kind, kwargs)


def _check(entry: Entry, severity: Severity, kind: str, kwargs: dict[str, Any]) -> Check:
    columns = kwargs.get("column_list") or []
    return Check(
        id=entry.id,
        type=kind,
        kwargs=kwargs,
        severity=severity,
        doc=entry.doc,
        column=entry.column or kwargs.get("column") or ", ".join(columns) or None,
        needs=entry.needs,
    )


def _bad_rows(entry: Entry, share: float) -> dict[str, str]:
    """A query that returns one row of counts, never a row of data, when too many rows are bad."""
    return {
        "unexpected_rows_query": (
            f"select count(*) filter (where {entry.bad}) as bad_rows, count(*) as all_rows "
            f"from {_BATCH} as b where {entry.of} "
            f"having count(*) filter (where {entry.bad}) > {share} * count(*)"
        )
    }


def _volume(
    entry: Entry, bounds: Bounds, target: str, previous: Mapping[str, int] | None
) -> Iterator[Check]:
    rows = (previous or {}).get(target)
    if rows is None:
        entry = entry.model_copy(update={"needs": (*entry.needs, "previous version")})
    for severity in SEVERITIES:
        least, most = bounds.least.get(severity), bounds.most.get(severity)
        if least is None and most is None:
            continue
        kwargs: dict[str, Any] = {}
        if rows is not None and least is not None:
            kwargs["min_value"] = math.floor(rows * least)
        if rows is not None and most is not None:
            kwargs["max_value"] = math.ceil(rows * most)
        yield _check(entry, severity, "expect_table_row_count_to_be_between", kwargs)
