"""Everything that repeats the catalogue, rendered from it: which file becomes what.

A file is rendered whole, or only between ``catalogue: <what>`` and ``catalogue: end``; the column
descriptions of dbt's YAML become references to the rendered doc blocks. What must not be here: the
words themselves, and the pages of the docs (pages.py).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from baokuan.home import PROJECT
from catalogue import macros, pages
from catalogue.labels import Label, Labels
from catalogue.model import Catalogue
from catalogue.read import Problem, meant

NOTE = macros.NOTE
MARK = re.compile(
    r"^(?P<indent> *)(?P<open># |<!-- )catalogue: (?P<what>[a-z ]+?)(?: -->)?\n"
    r"(?P<body>(?:.*\n)*?)"
    r"^ *(?:# |<!-- )catalogue: end(?: -->)?$",
    re.M,
)
MODEL = re.compile(r"^  - name: (\w+)$")
FLOW = re.compile(
    r"""^(?P<head> +- \{name: (?P<name>\w+), .*?description: )"(?:[^"\\]|\\.)*"(?P<tail>.*)$"""
)
BLOCK = re.compile(r"^      - name: (\w+)$")
DESCRIPTION = re.compile(r"^(        description: ).*$")


@dataclass
class Rendering:
    """The files as they should be, and what stands in their way."""

    files: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def drift(self, root: Path) -> str:
        """A unified diff from what the files hold to what they should."""
        found: list[str] = []
        for path, wanted in sorted(self.files.items()):
            name = path.relative_to(root).as_posix()
            have = path.read_text("utf-8") if path.is_file() else ""
            found += difflib.unified_diff(
                have.splitlines(), wanted.splitlines(), name, f"{name} (rendered)", n=1, lineterm=""
            )
        return "\n".join(found)

    def write(self) -> list[Path]:
        """Write what differs; returns the files that changed."""
        changed = []
        for path, wanted in self.files.items():
            if not path.is_file() or path.read_text("utf-8") != wanted:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(wanted, "utf-8")
                changed.append(path)
        return changed


def rendering(catalogue: Catalogue, root: Path = PROJECT) -> Rendering:
    """All rendered files of a project."""
    made = Rendering()
    labels = Labels(catalogue)
    blocks: dict[str, Label] = {}
    models = root / "dbt_project" / "models"
    for path in sorted([*models.glob("core/*.yml"), *models.glob("marts/*/*.yml")]):
        if path.name.startswith("_unit_tests"):
            continue
        text = _marked(path.read_text("utf-8"), catalogue, labels, blocks)
        made.files[path] = _described(path, text, labels, blocks, made.problems, root)
    made.files[models / "columns.md"] = _docs(blocks)
    made.files[root / "dbt_project" / "macros" / "hits" / "catalogue.sql"] = macros.text(catalogue)
    made.files[root / "dbt_project" / "seeds" / "hit_needs.csv"] = _needs(catalogue)
    page = root / "docs" / "indicators.md"
    made.files[page] = _marked(page.read_text("utf-8"), catalogue, labels, blocks)
    for name, text in pages.whole(catalogue, labels).items():
        made.files[root / "docs" / "catalogue" / name] = text
    return made


def _marked(text: str, catalogue: Catalogue, labels: Labels, blocks: dict[str, Label]) -> str:
    """A text with its marked parts rendered."""
    makers: dict[str, Callable[..., Iterator[str]]] = {
        "statuses": lambda grain: (f"- {i.indicator}_status" for i in catalogue.at(grain)),
        "indicators": lambda grain: _indicator_columns(catalogue, grain),
        "companions": lambda: (
            _column(c.column, c.type) for c in catalogue.hit_companions.values()
        ),
        "table of indicators": lambda: pages.indicators(catalogue, labels),
        "table of rules": lambda: pages.rules(catalogue, labels),
    }

    def made(match: re.Match[str]) -> str:
        indent, what = match["indent"], match["what"]
        maker = makers.get(what)
        lines = maker() if maker else makers[what.split()[0]](what.split()[1])
        close = " -->" if match["open"].startswith("<") else ""
        mark = f"{indent}{match['open']}catalogue: "
        body = "".join(f"{indent}{line}\n" for line in lines)
        return f"{mark}{what}{close}\n{body}{mark}end{close}"

    return MARK.sub(made, text)


def _column(name: str, kind: str) -> str:
    return f"- {{name: {name}, data_type: '{kind.replace(', ', ',')}', description: \"\"}}"


def _indicator_columns(catalogue: Catalogue, grain: str) -> Iterator[str]:
    for one in catalogue.at(grain):
        yield _column(one.indicator, one.value_type)
        if one.is_ratio:
            yield _column(f"{one.indicator}_num", one.num_type)
            yield _column(f"{one.indicator}_den", one.den_type)
        yield _column(f"{one.indicator}_status", "string")
        if grain == "company":
            yield _column(f"{one.indicator}_last", one.value_type)
            yield _column(f"{one.indicator}_last_date", "date")


def _described(
    path: Path,
    text: str,
    labels: Labels,
    blocks: dict[str, Label],
    problems: list[Problem],
    root: Path,
) -> str:
    """dbt YAML whose column descriptions refer to the doc blocks of their labels."""
    schema, table, column = path.parent.name, "", ""

    def block(name: str, number: int) -> str:
        label = labels.find(f"{schema}.{table}", name)
        if label is None:
            known = {c for _, c in labels.c.columns} | set(labels.c.hit_indicators)
            file = path.relative_to(root).as_posix()
            remedy = f"{meant(name, known)}add a row for it to seeds/catalogue/columns.csv"
            problems.append(Problem(file, number, f"column {name} has no label", remedy))
            return name
        blocks[label.block] = label
        return label.block

    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if match := MODEL.match(line):
            table, column = match[1], ""
        elif match := FLOW.match(line):
            line = (
                f"{match['head']}\"{{{{ doc('{block(match['name'], number)}') }}}}\"{match['tail']}"
            )
        elif match := BLOCK.match(line):
            column = match[1]
        elif column and (match := DESCRIPTION.match(line)):
            line = f"{match[1]}'{{{{ doc(\"{block(column, number)}\") }}}}'"
            column = ""
        lines.append(line)
    return "\n".join(lines) + "\n"


def _needs(catalogue: Catalogue) -> str:
    """The seed that says which feeds each indicator needs."""
    rows = [
        f"{one.indicator},{need.need},{need.feed}"
        for one in catalogue.hit_indicators.values()
        for need in catalogue.needs.values()
        if need.need in one.needs
    ]
    return "\n".join(["indicator_id,need,feed", *rows]) + "\n"


def _docs(blocks: dict[str, Label]) -> str:
    parts = [f"# {NOTE}"]
    for name, label in sorted(blocks.items()):
        parts.append(f"{{% docs {name} %}}\n{label.comment}\n{{% enddocs %}}")
    return "\n\n".join(parts) + "\n"
