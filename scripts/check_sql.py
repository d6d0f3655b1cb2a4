"""SQL style and portability of the dbt project, by reading its files: no database, no dbt.

Engine-specific spellings belong in ``macros/dispatch/`` and nowhere else, so that a second engine
needs new macros, not new models. One line a finding; exit code 1 when there is one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
DBT = PROJECT / "dbt_project"
MODEL_LINES = 150

# What DuckDB and Spark spell differently → what to write instead.
PORTABLE = {
    r"\*\s*exclude\s*\(|\*\s*replace\s*\(|\*\s*except\s*\(": "list the columns",
    r"\bvarchar\b": "string",
    r"\bstrftime\s*\(|\bstrptime\s*\(|\bdate_format\s*\(|\bto_char\s*\(": "substr() or try_cast",
    r"(?<!dbt\.)\bdate_?diff\s*\(|\bdate_sub\s*\(|\bdate_part\s*\(": "dbt.datediff",
    r"\bdayofweek\s*\(|\bisodow\b|\bweekday\s*\(|\bdow\b": "days since a Monday modulo 7",
    r"\bgenerate_series\s*\(|\bsequence\s*\(": "range(0, n) with date + i * interval '1' day",
    r"\bstring_agg\s*\(|\blistagg\s*\(|\bgroup_concat\s*\(": "a macro over array_sort(array_agg())",
    r"\bregexp_\w+\s*\(|\bsimilar\s+to\b|\s~\s": "a dispatched macro, like or translate",
    r"\bquantile\w*\s*\(|\bapprox_quantile\s*\(": "percentile_cont",
    r"\basof\s+join\b|\basof\s+left\s+join\b": "a join on the validity range",
    r"\bcount\s*\(\s*distinct[^()]*\)\s*over\b": "a grouped subquery",
    r"\blist_\w+\s*\(|\bstruct_pack\s*\(|\blist\s*\(": "array_agg, array_sort",
    r"\bifnull\s*\(|\bnvl\s*\(": "coalesce",
    r"\bepoch\w*\s*\(|\bmake_date\s*\(|\bmake_timestamp\s*\(": "a dispatched macro",
    r"\bhash\s*\(": "md5",
    r"\bread_(csv|parquet|json)\w*\s*\(|\bglob\s*\(": "a source; files are read by ingest/",
    r"\bhugeint\b|\bubigint\b|\butinyint\b|\btinyint\b": "bigint or int",
    r"\barg_max\s*\(|\barg_min\s*\(": "max_by, min_by",
}
_JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.S)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
_STRING = re.compile(r"'(?:[^']|'')*'")
_QUOTED = re.compile(r'"[^"\n]*"')


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def plain(sql: str) -> str:
    """The SQL without Jinja, comments and the insides of strings; lines keep their numbers."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match.group())

    for pattern in (_JINJA, _COMMENT):
        sql = pattern.sub(blank, sql)
    return _STRING.sub(lambda m: "'" + re.sub(r"[^\n]", " ", m.group()[1:-1]) + "'", sql)


def check(name: str, sql: str, is_model: bool) -> Iterator[Finding]:
    """All findings of one file.

    Args:
        name: how the file is called in findings.
        sql: its text.
        is_model: models also have a length, a final select and no order by.
    """
    text = plain(sql)
    for pattern, instead in PORTABLE.items():
        for match in re.finditer(pattern, text, re.I):
            found = " ".join(match.group().split())
            yield Finding(name, line_of(text, match.start()), f"not portable: {found} → {instead}")
    for match in _QUOTED.finditer(text):
        yield Finding(name, line_of(text, match.start()), f"quoted name {match.group()} → unquoted")
    if is_model:
        yield from check_model(name, sql, text)


def check_model(name: str, sql: str, text: str) -> Iterator[Finding]:
    lines = sql.count("\n") + 1
    if lines > MODEL_LINES:
        yield Finding(name, lines, f"{lines} lines; over {MODEL_LINES} hides an intermediate model")
    top = outermost(text)
    for match in re.finditer(r"\bselect\s+(distinct\s+)?(\w+\.)?\*", top, re.I):
        yield Finding(name, line_of(top, match.start()), "select * in a final select: list columns")
    for match in re.finditer(r"\border\s+by\b", top, re.I):
        yield Finding(name, line_of(top, match.start()), "order by in a model: rows have no order")


def outermost(text: str) -> str:
    """The text outside all parentheses, the rest blanked: the final select of a model."""
    depth, kept = 0, []
    for char in text:
        if char == ")":
            depth -= 1
        kept.append(char if depth == 0 or char == "\n" else " ")
        if char == "(":
            depth += 1
    return "".join(kept)


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def findings(root: Path = DBT) -> list[Finding]:
    """Findings in models, tests, and the macros outside ``dispatch/``."""
    found: list[Finding] = []
    for folder in ("models", "tests", "macros"):
        for path in sorted((root / folder).rglob("*.sql")):
            name = path.relative_to(root.parent).as_posix()
            if "/macros/dispatch/" in name:
                continue
            found += check(name, path.read_text(encoding="utf-8"), folder == "models")
    return found


def main() -> int:
    found = findings()
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
