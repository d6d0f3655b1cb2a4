"""Reads contract files, checks them and fills what foreign contracts inherit.

Belongs here: which files there are, inheritance, and what a contract may not say because of its
other parts. What each key may be is in ``model`` and ``steps``. Every problem is reported with its
file and line, before any data is read. Reading data does not belong here.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from pydantic import ValidationError

from baokuan import yaml_lines
from baokuan.spec import problems
from ingest.contract import expressions, raw_columns
from ingest.contract.grammar import LOCAL_ZONE
from ingest.contract.model import (
    HASHED,
    TYPES,
    Column,
    ColumnSpec,
    Contract,
    ContractError,
    ContractSpec,
    Rule,
)
from ingest.contract.steps import Lookup, Step
from ingest.personal import biometric

BUILT_IN = Path(__file__).resolve().parent.parent / "contracts"
SOURCES = ("from", "const", "expr", "ordinal", "default")
# What a column of a foreign contract has from the canonical one unless it says it itself; where
# its values come from only while it names no source of its own.
INHERITED = ("type", "personal", "required", "id", "map", "nulls", "open_end", "range", "pattern",
             "unit", "scan", "doc")  # fmt: skip
_BLANK = Column.model_construct(name="")  # copied and filled, since its parts have been validated


def load_all(extra: Path | None = None) -> list[Contract]:
    """Every built-in contract and those of ``extra`` (default: the folder BAOKUAN_CONTRACTS).

    A contract of ``extra`` replaces the built-in one of the same feed and source.

    Raises:
        ContractError: with every problem found, one ``file:line: problem`` a line.
    """
    try:
        return _load(extra)
    except yaml_lines.YamlError as error:
        raise ContractError(str(error)) from error


def _load(extra: Path | None) -> list[Contract]:
    documents = [yaml_lines.read(file, texts=True) for file in sorted(BUILT_IN.rglob("*.yml"))]
    folder = extra or (Path(p) if (p := os.environ.get("BAOKUAN_CONTRACTS")) else None)
    if folder is not None:
        if not folder.is_dir():
            raise ContractError(f"{folder}: not a folder; BAOKUAN_CONTRACTS must name one")
        files = sorted((*folder.rglob("*.yml"), *folder.rglob("*.yaml")))
        documents += [yaml_lines.read(file, texts=True) for file in files]
    problems: list[str] = []
    chosen: dict[tuple[str, str | None], yaml_lines.Document] = {}
    for document in documents:
        source = document.data.get("source")
        ident = (str(document.data.get("feed")), None if source is None else str(source))
        other = chosen.get(ident)
        if other is not None and other.file.is_relative_to(
            BUILT_IN
        ) == document.file.is_relative_to(BUILT_IN):
            problems.append(
                f"{document.where('feed')}: {other.file} already maps feed '{ident[0]}'; "
                "give one of them another 'source'"
            )
        chosen[ident] = document
    canonical: dict[str, Contract] = {}
    contracts: list[Contract] = []
    for ident in sorted(chosen, key=lambda pair: (pair[1] is not None, pair[0], pair[1] or "")):
        document = chosen[ident]
        base = canonical.get(ident[0]) if ident[1] is not None else None
        contract = _Reader(document, base, problems).contract(set(canonical))
        if contract is not None:
            contracts.append(contract)
            if ident[1] is None:
                canonical[contract.feed] = contract
    if problems:
        raise ContractError("\n".join(problems))
    return contracts


class _Reader:
    """Turns one document into a Contract, collecting problems instead of stopping at the first."""

    def __init__(
        self, document: yaml_lines.Document, base: Contract | None, told: list[str]
    ) -> None:
        self.doc, self.base, self.told = document, base, told

    def fail(self, problem: str, *path: str) -> None:
        self.told.append(f"{self.doc.where(*path)}: {problem}")

    def contract(self, known_feeds: set[str]) -> Contract | None:
        before, base = len(self.told), self.base
        feed = str(self.doc.data.get("feed"))
        if self.doc.data.get("source") is not None and base is None:
            self.fail(f"no canonical feed is called '{feed}'{_near(feed, known_feeds)}", "feed")
            return None
        try:
            context = {"folder": self.doc.file.parent}
            spec = ContractSpec.model_validate(self.doc.data, context=context)
        except ValidationError as error:
            for problem, path in problems(error, ContractSpec):
                self.fail(problem, *path)
            return None
        columns = self._columns(spec.columns)
        names = {column.name for column in columns}
        steps = tuple(step for one in spec.steps for step in one.steps())
        date = spec.business_date
        cutoff = date.cutoff if date.cutoff is not None else base.cutoff_minutes if base else 0
        result = Contract(
            feed=feed,
            source=spec.source,
            path=spec.match.path,
            columns=tuple(columns),
            file=str(self.doc.file),
            version=self._version(steps),
            title=spec.title or (base.title if base else {}),
            header_has=spec.match.header_has,
            format=spec.format,
            mode=spec.mode or (base.mode if base else "full"),
            key=spec.key if spec.key is not None else base.key if base else (),
            identity=spec.identity,
            order_by=spec.order_by if spec.order_by is not None else base.order_by if base else (),
            business_date=date.column or (base.business_date if base else None),
            zone=date.timezone or (base.zone if base else LOCAL_ZONE),
            cutoff_minutes=cutoff,
            rules=spec.rules,
            total_words=spec.total_words,
            snapshot=spec.snapshot or (base.snapshot if base else {}),
            steps=raw_columns.with_fields(steps, columns),
            mentioned=raw_columns.mentioned(steps, columns),
            all_rows=raw_columns.needs_all_rows(steps, columns),
        )
        self._check_names("key", result.key, names)
        self._check_names("order_by", result.order_by, names)
        if result.business_date not in (None, *names):
            problem = f"'{result.business_date}' is not a column of this feed"
            self.fail(problem, "business_date", "column")
        self._check_rules(result.rules, columns)
        return result if len(self.told) == before else None

    def _version(self, steps: tuple[Step, ...]) -> str:
        """Changes with the contract, the one it inherits from, and the CSVs beside it."""
        parts = [self.doc.data, self.base.version if self.base else None]
        files = [Path(step.csv) for step in steps if isinstance(step, Lookup) and step.csv]
        parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _check_names(self, key: str, listed: Iterable[str], names: Collection[str]) -> None:
        for name in listed:
            if name not in names:
                self.fail(f"'{name}' in '{key}' is not a column of this feed", key)

    def _check_rules(self, rules: tuple[Rule, ...], columns: list[Column]) -> None:
        typed = [(c.name, TYPES[c.type]) for c in columns]
        typed += [("_row_no", "BIGINT"), ("_file_date", "DATE")]
        for index, rule in enumerate(rules):
            (told,) = expressions.bind([(rule.where, typed)])
            if told:
                self.fail(f"rule '{rule.name}': {told}", "rules", str(index), "where")

    def _columns(self, specs: dict[str, ColumnSpec]) -> list[Column]:
        if self.base is None:
            return [self._column(name, spec, None, specs) for name, spec in specs.items()]
        known = {column.name: column for column in self.base.columns}
        for name in specs:
            if name not in known:
                hint = _near(name, known)
                self.fail(f"feed '{self.base.feed}' has no column '{name}'{hint}", "columns", name)
        columns = []
        for name, base in known.items():
            if name in specs:
                columns.append(self._column(name, specs[name], base, specs))
                continue
            absent = {"type": base.type, "personal": base.personal, "doc": base.doc}
            columns.append(_BLANK.model_copy(update=absent | {"name": name}))
            if base.required:
                self.fail(f"required column '{name}' is not mapped", "columns")
        return columns

    def _column(
        self, name: str, spec: ColumnSpec, base: Column | None, specs: dict[str, ColumnSpec]
    ) -> Column:
        """The column with what it inherits."""
        path = ("columns", name)
        given = set(self.doc.data["columns"][name] or ())
        if base is not None and given & {"type", "personal"}:
            self.fail("'type' and 'personal' come from the canonical feed", *path)
        own = [key for key in SOURCES if key in given]
        if base is None and not own:
            self.fail(f"column '{name}' needs one of {', '.join(SOURCES)}", *path)
        if len([key for key in own if key != "default"]) > 1:
            self.fail(f"column '{name}' has several sources: {', '.join(own)}", *path)
        values = vars(spec) | {"name": name}
        if base is not None:
            values |= {key: getattr(base, key) for key in INHERITED if key not in given}
            if not own:
                values |= {"sources": base.sources, "default": base.default}
            elif own == ["default"]:
                values["sources"] = base.sources
            foreign = spec.const is not None and spec.const not in (base.map or {})
            if "map" not in given and foreign:  # a code of its own, not a text that has one
                values["map"] = None
        column = _BLANK.model_copy(update=values | {"map": values["map"] or None})
        self._check_column(column, specs, *path)
        return column

    def _check_column(self, column: Column, specs: dict[str, ColumnSpec], *path: str) -> None:
        if column.personal == "birthday" and column.type != "date":
            self.fail("a birthday has type date", *path, "type")
        if column.personal not in (None, "birthday") and column.type != "text":
            self.fail(f"personal: {column.personal} needs type text", *path, "type")
        for header in (column.name, *column.sources):
            if biometric.is_biometric(header):
                self.fail(f"'{header}' speaks of biometric data, which are not taken in", *path)
        if not column.doc:
            self.fail(f"column '{column.name}' has no doc", *path)
        if column.personal in HASHED and column.const is not None:
            self.fail("a phone, account or e-mail cannot be the same for all rows", *path, "const")
        number = column.type in ("integer", "decimal", "money")
        if column.decimal == "," and not number:
            self.fail('\'decimal\' is "." or ",", for numbers', *path, "decimal")
        if column.times is not None and not number:
            self.fail("'times' is a factor like 10000, for numbers", *path, "times")
        if column.formats and column.type not in ("date", "timestamp"):
            self.fail("'formats' are for dates and timestamps", *path, "formats")
        for name in column.ordinal or ():
            if name not in specs:
                known = ", ".join(sorted(specs))
                self.fail(f"'ordinal' names '{name}', which is no column here: {known}",
                          *path, "ordinal")  # fmt: skip


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean '{near[0]}'?" if near else ""
