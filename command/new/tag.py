"""What a tag would need; there are no tag tables to add one to."""

from __future__ import annotations

from pathlib import Path

from baokuan.home import PROJECT
from command.new.write import NotWritten

ROWS = PROJECT / "dbt_project" / "seeds" / "catalogue" / "tags.csv"
SHAPE = """\
There are no tags to add one to yet: neither {rows} nor a model
int_tags__<entity>_<family> exists. What is planned: a row of that table (id, names and sentence
in both languages, entity, family, values, thresholds), a column of the family's model that
computes it, and a golden row that proves it. Until then, a column of a people, goods or place
table is added like any other: the model, its YAML beside it, a dbt unit test."""


def new(rows: Path = ROWS) -> str:
    """Refuses, saying what is missing; there is nothing yet that could be written rightly."""
    raise NotWritten(SHAPE.format(rows=rows.relative_to(PROJECT)))
