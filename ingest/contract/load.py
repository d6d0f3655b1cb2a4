"""Reads contract files, checks them and fills what foreign contracts inherit.

Belongs here: every rule about what a contract may say. Every problem is reported with its file
and line, before any data is read. Reading data does not belong here.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from ingest.contract import expressions, load_format, raw_columns, yaml_lines
from ingest.contract.load_steps import Steps
from ingest.contract.model import (
    HASHED,
    LOCAL_ZONE,
    MODES,
    PERSONAL,
    TYPES,
    Column,
    Contract,
    ContractError,
    Format,
    Rule,
)
from ingest.contract.steps import Lookup, Step
from ingest.personal import biometric

BUILT_IN = Path(__file__).resolve().parent.parent / "contracts"
TOP_KEYS = {
    "feed", "source", "title", "match", "format", "mode", "key", "identity", "order_by",
    "business_date", "columns", "rules", "total_words", "snapshot", "steps",
}  # fmt: skip
COLUMN_KEYS = {item.name for item in fields(Column)} - {"name", "sources"} | {"from"}
SOURCES = ("from", "const", "expr", "ordinal", "default")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"\d+([.]\d+)?")


def load_all(extra: Path | None = None) -> list[Contract]:
    """Every built-in contract and those of ``extra`` (default: the folder BAOKUAN_CONTRACTS).

    A contract of ``extra`` replaces the built-in one of the same feed and source.

    Raises:
        ContractError: with every problem found, one ``file:line: problem`` a line.
    """
    documents = [yaml_lines.read(file) for file in sorted(BUILT_IN.rglob("*.yml"))]
    folder = extra or (Path(p) if (p := os.environ.get("BAOKUAN_CONTRACTS")) else None)
    if folder is not None:
        if not folder.is_dir():
            raise ContractError(f"{folder}: not a folder; BAOKUAN_CONTRACTS must name one")
        files = sorted((*folder.rglob("*.yml"), *folder.rglob("*.yaml")))
        documents += [yaml_lines.read(file) for file in files]
    problems: list[str] = []
    chosen: dict[tuple[str, str | None], yaml_lines.Document] = {}
    for document in documents:
        ident = (str(document.data.get("feed")), document.data.get("source"))
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
        self, document: yaml_lines.Document, base: Contract | None, problems: list[str]
    ) -> None:
        self.doc = document
        self.data = document.data
        self.base = base
        self.problems = problems

    def fail(self, problem: str, *path: str) -> None:
        self.problems.append(f"{self.doc.where(*path)}: {problem}")

    def contract(self, known_feeds: set[str]) -> Contract | None:
        before = len(self.problems)
        self._unknown(self.data, TOP_KEYS)
        feed, source = self.data.get("feed"), self.data.get("source")
        if not isinstance(feed, str) or not _NAME.fullmatch(feed):
            self.fail("'feed' must be a snake_case name", "feed")
            return None
        if source is not None and self.base is None:
            near = difflib.get_close_matches(feed, known_feeds, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            self.fail(f"no canonical feed is called '{feed}'{hint}", "feed")
            return None
        match = self._mapping("match")
        path = match.get("path")
        if not isinstance(path, str):
            self.fail("'match' needs 'path', a pattern below landing/", "match")
        columns = self._columns()
        steps = Steps(self.doc.file.parent, self.fail).read(self.data.get("steps"))
        names = {column.name for column in columns}
        date = self._mapping("business_date")
        base = self.base
        mode = self._choice("mode", MODES, base.mode if base else "full")
        key = self._names("key", names, base.key if base else ())
        identity = self._choice("identity", ("key", "hash_ordinal"), "key")
        order_by = self._names("order_by", names, base.order_by if base else ())
        business = date.get("column", base.business_date if base else None)
        if business is not None and business not in names:
            self.fail(f"'{business}' is not a column of this feed", "business_date", "column")
        result = Contract(
            feed=feed,
            source=source,
            path=path or "",
            columns=tuple(columns),
            file=str(self.doc.file),
            version=self._version(steps),
            title=self.data.get("title") or (base.title if base else {}),
            header_has=tuple(self._list(match, "header_has", "match", "header_has")),
            format=self._format(),
            mode=mode,
            key=key,
            identity=identity,
            order_by=order_by,
            business_date=business,
            zone=date.get("timezone") or (base.zone if base else LOCAL_ZONE),
            cutoff_minutes=self._cutoff(date, base),
            rules=tuple(self._rules(columns)),
            total_words=tuple(self._list(self.data, "total_words", "total_words")),
            snapshot=self.data.get("snapshot") or (base.snapshot if base else {}),
            steps=raw_columns.with_fields(steps, columns),
            mentioned=raw_columns.mentioned(steps, columns),
            all_rows=raw_columns.needs_all_rows(steps, columns),
        )
        return result if len(self.problems) == before else None

    def _version(self, steps: tuple[Step, ...]) -> str:
        """Changes with the contract, the one it inherits from, and the CSVs beside it."""
        parts = [self.data, self.base.version if self.base else None]
        files = [Path(step.csv) for step in steps if isinstance(step, Lookup) and step.csv]
        parts += [hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.is_file()]
        text = json.dumps(parts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def _unknown(self, data: dict[str, Any], allowed: set[str], *path: str) -> None:
        for key in data:
            if key not in allowed:
                near = difflib.get_close_matches(str(key), allowed, 1)
                hint = (
                    f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(allowed))}"
                )
                self.fail(f"unknown key '{key}'; {hint}", *path, str(key))

    def _mapping(self, *path: str) -> dict[str, Any]:
        value: Any = self.data
        for key in path:
            value = value.get(key)
            if value is None:
                return {}
        if not isinstance(value, dict):
            self.fail(f"'{path[-1]}' must be a mapping", *path)
            return {}
        return value

    def _list(self, data: dict[str, Any], key: str, *path: str) -> list[str]:
        value = data.get(key)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        if any(not isinstance(item, str) for item in items):
            self.fail(f"'{key}' must be a list of texts", *path)
            return []
        return items

    def _choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.data.get(key, default)
        if value not in allowed:
            self.fail(f"'{key}' is '{value}'; it must be one of {', '.join(allowed)}", key)
        return str(value)

    def _names(self, key: str, names: set[str], default: tuple[str, ...]) -> tuple[str, ...]:
        if key not in self.data:
            return default
        listed = self._list(self.data, key, key)
        for name in listed:
            if name not in names:
                self.fail(f"'{name}' in '{key}' is not a column of this feed", key)
        return tuple(listed)

    def _cutoff(self, date: dict[str, Any], base: Contract | None) -> int:
        text = date.get("cutoff")
        if text is None:
            return base.cutoff_minutes if base else 0
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(text)):
            self.fail("'cutoff' must be a time like \"04:00\"", "business_date", "cutoff")
            return 0
        return int(text[:2]) * 60 + int(text[3:])

    def _format(self) -> Format:
        data = self._mapping("format")
        self._unknown(data, {item.name for item in fields(Format)}, "format")
        return load_format.read(data, self.fail)

    def _rules(self, columns: list[Column]) -> list[Rule]:
        rules = []
        typed = [(c.name, TYPES[c.type]) for c in columns if c.type in TYPES]
        typed += [("_row_no", "BIGINT"), ("_file_date", "DATE")]
        for index, item in enumerate(self.data.get("rules") or []):
            path = ("rules", str(index))
            if not isinstance(item, dict) or not {"name", "where"} <= item.keys():
                self.fail("a rule needs 'name' and 'where'", *path)
                continue
            self._unknown(item, {"name", "where", "otherwise"}, *path)
            if item.get("otherwise", "quarantine") not in ("quarantine", "flag"):
                self.fail("'otherwise' must be quarantine or flag", *path, "otherwise")
            (told,) = expressions.bind([(str(item["where"]), typed)])
            if told:
                self.fail(f"rule '{item['name']}': {told}", *path, "where")
            rules.append(Rule(item["name"], item["where"], item.get("otherwise", "quarantine")))
        return rules

    def _columns(self) -> list[Column]:
        raw = self._mapping("columns")
        if not raw:
            self.fail("'columns' is missing or empty", "columns")
        if self.base is None:
            return [self._column(name, raw[name], raw, None) for name in raw]
        known = {column.name: column for column in self.base.columns}
        for name in raw:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                self.fail(f"feed '{self.base.feed}' has no column '{name}'{hint}", "columns", name)
        columns = []
        for name, column in known.items():
            if name in raw:
                columns.append(self._column(name, raw[name], raw, column))
            else:
                absent = Column(
                    name=name, type=column.type, personal=column.personal, doc=column.doc
                )
                columns.append(absent)
                if column.required:
                    self.fail(f"required column '{name}' is not mapped", "columns")
        return columns

    def _column(self, name: str, raw: Any, siblings: dict[str, Any], base: Column | None) -> Column:
        path = ("columns", name)
        spec: dict[str, Any] = raw if isinstance(raw, dict) else {}
        if raw is not None and not isinstance(raw, dict):
            self.fail("a column is a mapping like {from: [标题], type: text}", *path)
        if not _NAME.fullmatch(name):
            self.fail(f"column '{name}' must be snake_case", *path)
        self._unknown(spec, COLUMN_KEYS, *path)
        if base is not None and ("type" in spec or "personal" in spec):
            self.fail("'type' and 'personal' come from the canonical feed", *path)
        given = [key for key in SOURCES if key in spec]
        if base is None and not given:
            self.fail(f"column '{name}' needs one of {', '.join(SOURCES)}", *path)
        if len([key for key in given if key != "default"]) > 1:
            self.fail(f"column '{name}' has several sources: {', '.join(given)}", *path)
        inherits = base is not None and not [key for key in given if key != "default"]
        default = spec.get("default", base.default if base and inherits else None)
        column = Column(
            name=name,
            type=spec.get("type", base.type if base else "text"),
            sources=tuple(self._list(spec, "from", *path, "from"))
            or (base.sources if base and inherits else ()),
            const=spec.get("const"),
            expr=spec.get("expr"),
            ordinal=tuple(self._list(spec, "ordinal", *path, "ordinal")) or None,
            default=None if default is None else str(default),
            required=self._flag(spec, "required", base.required if base else False, *path),
            id=self._flag(spec, "id", base.id if base else False, *path),
            personal=spec.get("personal", base.personal if base else None),
            map=self._map(spec, base, *path),
            nulls=tuple(self._list(spec, "nulls", *path)) or (base.nulls if base else ()),
            open_end=tuple(self._list(spec, "open_end", *path)) or (base.open_end if base else ()),
            range=self._range(spec, *path) or (base.range if base else None),
            pattern=spec.get("pattern", base.pattern if base else None),
            unit=spec.get("unit", base.unit if base else None),
            timezone=spec.get("timezone"),
            order=spec.get("order", "ymd"),
            formats=tuple(self._list(spec, "formats", *path, "formats")),
            decimal=spec.get("decimal", "."),
            times=spec.get("times"),
            scan=self._flag(spec, "scan", base.scan if base else True, *path),
            doc=str(spec.get("doc") or (base.doc if base else "")),
        )
        self._check_column(column, siblings, *path)
        return column

    def _check_column(self, column: Column, siblings: dict[str, Any], *path: str) -> None:
        if column.type not in TYPES:
            self.fail(f"type '{column.type}' must be one of {', '.join(TYPES)}", *path, "type")
        if column.personal not in (None, *PERSONAL):
            self.fail(f"'personal' must be one of {', '.join(PERSONAL)}", *path, "personal")
        if column.personal == "birthday" and column.type != "date":
            self.fail("a birthday has type date", *path, "type")
        if column.personal not in (None, "birthday") and column.type != "text":
            self.fail(f"personal: {column.personal} needs type text", *path, "type")
        if column.order not in ("ymd", "dmy", "mdy"):
            self.fail("'order' must be ymd, dmy or mdy", *path, "order")
        for header in (column.name, *column.sources):
            if biometric.is_biometric(header):
                self.fail(f"'{header}' speaks of biometric data, which are not taken in", *path)
        if not column.doc:
            self.fail(f"column '{column.name}' has no doc", *path)
        if column.pattern is not None:
            try:
                re.compile(column.pattern)
            except re.error as error:
                self.fail(f"'pattern' is not a regular expression: {error}", *path, "pattern")
        if column.personal in HASHED and column.const is not None:
            self.fail("a phone, account or e-mail cannot be the same for all rows", *path, "const")
        if column.expr is not None and (told := expressions.problem(column.expr)):
            self.fail(f"expression: {told}", *path, "expr")
        number = column.type in ("integer", "decimal", "money")
        if column.decimal not in (".", ",") or (column.decimal == "," and not number):
            self.fail('\'decimal\' is "." or ",", for numbers', *path, "decimal")
        if column.times is not None and not (number and _NUMBER.fullmatch(column.times)):
            self.fail("'times' is a factor like 10000, for numbers", *path, "times")
        if column.formats and column.type not in ("date", "timestamp"):
            self.fail("'formats' are for dates and timestamps", *path, "formats")
        for name in column.ordinal or ():
            if name not in siblings:
                known = ", ".join(sorted(siblings))
                self.fail(f"'ordinal' names '{name}', which is no column here: {known}",
                          *path, "ordinal")  # fmt: skip

    def _flag(self, spec: dict[str, Any], key: str, default: bool, *path: str) -> bool:
        if key not in spec:
            return default
        if spec[key] not in ("true", "false"):
            self.fail(f"'{key}' must be true or false", *path, key)
        return bool(spec[key] == "true")

    def _map(self, spec: dict[str, Any], base: Column | None, *path: str) -> dict[str, str] | None:
        if "map" not in spec:
            inherited = base.map if base else None
            const = spec.get("const")  # a code of its own, unless it is a text that has one
            return inherited if inherited and (const is None or const in inherited) else None
        value = spec["map"]
        if value == {}:
            return None
        if not isinstance(value, dict) or any(not isinstance(v, str) for v in value.values()):
            self.fail("'map' must map exported texts to codes", *path, "map")
            return None
        return {str(key): str(code) for key, code in value.items()}

    def _range(self, spec: dict[str, Any], *path: str) -> tuple[str | None, str | None] | None:
        if "range" not in spec:
            return None
        value = spec["range"]
        if not isinstance(value, list) or len(value) != 2:
            self.fail("'range' must be [lowest, highest]; null leaves an end open", *path, "range")
            return None
        return (value[0], value[1])
