"""Reads and checks the ``steps`` of a contract.

Belongs here: what a step may say. Every problem goes to ``fail`` with the path of the key it is
about; running steps does not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.contract import expressions
from ingest.contract.steps import (
    PICKS,
    Alias,
    FillDown,
    Let,
    Lookup,
    OnePer,
    Split,
    Step,
    Unpivot,
    Where,
)

Fail = Callable[..., None]
KINDS = ("alias", "fill_down", "let", "where", "skip", "split", "unpivot", "lookup", "one_per")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
TOTALS = ("title", "total", "blank")


class Steps:
    """Reads one contract's steps."""

    def __init__(self, folder: Path, fail: Fail) -> None:
        self.folder, self._fail = folder, fail
        self.at: tuple[str, ...] = ()

    def read(self, raw: Any) -> tuple[Step, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list):
            self._fail("'steps' must be a list like [- where: …]", "steps")
            return ()
        result: list[Step] = []
        for index, item in enumerate(raw):
            self.at = ("steps", str(index))
            if not isinstance(item, dict) or len(item) != 1:
                self.fail("a step has one key: " + ", ".join(KINDS))
                continue
            kind, spec = next(iter(item.items()))
            if kind not in KINDS:
                self.fail(f"unknown step '{kind}'; known: {', '.join(KINDS)}", kind)
                continue
            self.at = (*self.at, kind)
            result += getattr(self, f"_{kind}")(spec)
        return tuple(result)

    def fail(self, problem: str, *path: str) -> None:
        self._fail(problem, *self.at, *path)

    def _fill_down(self, spec: Any) -> list[Step]:
        data = self._mapping(spec, {"columns", "within"}, "columns")
        return [FillDown(self._texts(data, "columns"), self._texts(data, "within"))]

    def _alias(self, spec: Any) -> list[Step]:
        data = self._mapping(spec, None)
        for name in data:
            self._named(name, name)
        return [Alias(tuple((str(name), self._texts(data, name)) for name in data))]

    def _let(self, spec: Any) -> list[Step]:
        data = self._mapping(spec, None)
        for name, expression in data.items():
            self._named(name, name)
            self._expression(expression, name)
        return [Let(tuple((str(n), str(e)) for n, e in data.items()))]

    def _where(self, spec: Any) -> list[Step]:
        self._expression(spec)
        return [Where(str(spec), "other_rows")]

    def _skip(self, spec: Any) -> list[Step]:
        data = self._mapping(spec, None)
        for reason, condition in data.items():
            self._reason(reason, reason)
            self._expression(condition, reason)
        return [Where(f"not coalesce(({c}), false)", str(r)) for r, c in data.items()]

    def _split(self, spec: Any) -> list[Step]:
        data = self._mapping(
            spec, {"columns", "by", "fields", "fields_by", "pair"}, "columns", "by"
        )
        columns, fields = self._texts(data, "columns"), self._texts(data, "fields")
        if fields and len(columns) != 1:
            self.fail("'fields' need a single column in 'columns'", "fields")
        if data.get("pair") and not fields:
            self.fail("'pair' needs 'fields': the names to look for", "pair")
        by_json = data.get("by") == "json"
        return [
            Split(
                columns=columns,
                by=self._text(data, "by"),
                fields=fields,
                fields_by=self._text(data, "fields_by") or ("json" if by_json else "|"),
                pair=data.get("pair"),
            )
        ]

    def _unpivot(self, spec: Any) -> list[Step]:
        data = self._mapping(spec, {"columns", "pattern", "name", "value", "drop"}, "value")
        if ("columns" in data) == ("pattern" in data):
            self.fail("unpivot needs either 'columns' or 'pattern'")
        pattern = data.get("pattern")
        if pattern is not None and not self._regular(str(pattern), "pattern"):
            pattern = None
        name = self._text(data, "name") or "name"
        for key in ("name", "value"):
            if key in data:
                self._named(data[key], key)
        return [
            Unpivot(
                columns=self._texts(data, "columns"),
                pattern=None if pattern is None else str(pattern),
                name=name,
                value=self._text(data, "value") or "value",
                drop=self._texts(data, "drop"),
            )
        ]

    def _lookup(self, spec: Any) -> list[Step]:
        known = {"name", "file", "csv", "map", "on", "pick", "files", "unmatched"}
        data = self._mapping(spec, known, "name", "on")
        self._named(data.get("name", "x"), "name")
        sources = [key for key in ("file", "csv", "map") if key in data]
        if len(sources) != 1:
            self.fail("a look-up has one of 'file' (another landed file), 'csv' or 'map'")
        on = self._pairs(data.get("on"), "map" in data)
        path = None
        if isinstance(data.get("csv"), str):
            path = self.folder / data["csv"]
            if not path.is_file():
                self.fail(f"there is no file '{data['csv']}' beside the contract", "csv")
        pairs = data.get("map", {})
        if not isinstance(pairs, dict) or any(not isinstance(v, str) for v in pairs.values()):
            self.fail("'map' must map texts to texts", "map")
            pairs = {}
        if data.get("pick", "one") not in PICKS:
            self.fail(f"'pick' must be one of {', '.join(PICKS)}", "pick")
        if data.get("files", "latest") not in ("latest", "all"):
            self.fail("'files' must be latest or all", "files")
        unmatched = data.get("unmatched", "keep")
        self._reason(unmatched, "unmatched")
        return [
            Lookup(
                name=str(data.get("name")),
                on=on,
                pattern=data.get("file"),
                csv=None if path is None else str(path),
                pairs=tuple((str(k), v) for k, v in pairs.items()),
                pick=data.get("pick", "one"),
                every=data.get("files") == "all",
                unmatched=str(unmatched),
            )
        ]

    def _one_per(self, spec: Any) -> list[Step]:
        data = spec if isinstance(spec, dict) else {"columns": spec}
        data = self._mapping(data, {"columns", "keep"}, "columns")
        if data.get("keep", "first") not in ("first", "last"):
            self.fail("'keep' must be first or last", "keep")
        return [OnePer(self._texts(data, "columns"), data.get("keep", "first"))]

    def _mapping(self, spec: Any, known: set[str] | None, *needed: str) -> dict[str, Any]:
        if not isinstance(spec, dict):
            self.fail("must be a mapping")
            return {}
        for key in spec:
            if known is not None and key not in known:
                self.fail(f"unknown key '{key}'; known: {', '.join(sorted(known))}", str(key))
        for key in needed:
            if key not in spec:
                self.fail(f"'{key}' is missing")
        return spec

    def _text(self, data: dict[str, Any], key: str) -> str:
        value = data.get(key)
        if value is not None and (not isinstance(value, str) or not value):
            self.fail(f"'{key}' must be a text", key)
            return ""
        return value or ""

    def _texts(self, data: dict[str, Any], key: str) -> tuple[str, ...]:
        value = data.get(key)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if any(not isinstance(item, str) for item in items):
            self.fail(f"'{key}' must be a list of texts", key)
            return ()
        return tuple(items)

    def _pairs(self, raw: Any, is_map: bool) -> tuple[tuple[str, str], ...]:
        if isinstance(raw, str):
            return (("key" if is_map else raw, raw),)
        if isinstance(raw, dict) and raw and all(isinstance(v, str) for v in raw.values()):
            if is_map:
                self.fail("a look-up with 'map' takes one column in 'on'", "on")
            return tuple((str(key), value) for key, value in raw.items())
        if raw is not None:
            self.fail("'on' must be a column, or {its column: column of this file}", "on")
        return ()

    def _named(self, name: Any, *path: str) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self.fail(f"'{name}' must be a snake_case name", *path)

    def _reason(self, name: Any, *path: str) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name) or name in TOTALS:
            self.fail(f"'{name}' must be a snake_case reason of its own", *path)

    def _regular(self, text: str, *path: str) -> bool:
        try:
            re.compile(text)
        except re.error as error:
            self.fail(f"not a regular expression: {error}", *path)
            return False
        return True

    def _expression(self, expression: Any, *path: str) -> None:
        if not isinstance(expression, str):
            self.fail("must be a DuckDB expression", *path)
        elif told := expressions.problem(expression):
            self.fail(f"expression: {told}", *path)
