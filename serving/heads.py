"""What the columns of somebody's query are called in words: the catalogue's names of the tables in
it. Only names; a column that the catalogue does not know keeps its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalogue import read
from catalogue.labels import Labels

_TABLE = re.compile(r"\b(?:from|join)\s+([a-z_]+\.[a-z_]+)", re.IGNORECASE)


def heads(query: str, columns: Sequence[str], lang: str) -> list[str]:
    """A head for each column, Chinese or English."""
    labels = Labels(read.project())
    tables = tuple(dict.fromkeys(name.lower() for name in _TABLE.findall(query)))
    found = [labels.first(tables, column) if tables else None for column in columns]
    return [
        (label.zh if lang == "zh" else label.en) if label else column
        for label, column in zip(found, columns, strict=True)
    ]
