"""Finds words that the glossary replaces, wherever a person reads them.

Where people read: the catalogue's own texts, dashboards, checks, table descriptions, the docs and
the words in the code that prints. Names of columns in a retailer's files are quoted as they are, so
contracts and what stands in code marks are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from catalogue.model import Catalogue, Term
from catalogue.read import Problem

READ = (
    "dbt_project/seeds/**/*.csv",
    "dbt_project/models/**/*.yml",
    "dbt_project/models/**/*.sql",
    "dbt_project/macros/**/*.sql",
    "dashboards/**/*.yml",
    "dashboards/*.py",
    "dashboards/*.md",
    "quality/suites/**/*.yml",
    "quality/*.py",
    "serving/*.py",
    "scripts/*.py",
    "command/**/*.py",
    "orchestration/**/*.py",
    "docs/**/*.md",
    "docs/**/*.ipynb",
    "*.md",
)
QUOTED = re.compile(r"```.*?```|`[^`\n]*`", re.S)
OWN = "dbt_project/seeds/catalogue/glossary.csv"


def problems(catalogue: Catalogue, root: Path) -> Iterator[Problem]:
    """Every use of a replaced word, with the word to use."""
    for path in sorted({path for pattern in READ for path in root.glob(pattern)}):
        name = path.relative_to(root).as_posix()
        if name != OWN and not name.startswith("docs/catalogue/"):
            yield from found(catalogue, name, path.read_text("utf-8"))


def found(catalogue: Catalogue, name: str, text: str) -> Iterator[Problem]:
    """The same in one text."""
    if name.endswith(".md"):
        text = QUOTED.sub(lambda quoted: re.sub(r"[^\n]", " ", quoted[0]), text)
    for number, line in enumerate(text.splitlines(), 1):
        for term in catalogue.glossary.values():
            yield from (
                Problem(name, number, f"{word!r} is not our word", f"write {term.name_zh}")
                for word in avoided(term, line)
            )


def avoided(term: Term, line: str) -> list[str]:
    """The replaced words that a line uses, apart from the longer words that may hold them."""
    for allowed in (*term.unless, term.name_zh):
        line = line.replace(allowed, "\0")
    return [word for word in term.avoid if word in line]
