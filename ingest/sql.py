"""Names and texts as SQL writes them. Nothing here knows of feeds."""

from __future__ import annotations


def ident(name: str) -> str:
    """A SQL name."""
    return '"' + name.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """A SQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: tuple[str, ...] | list[str]) -> str:
    """A SQL list of text literals, for IN."""
    return ", ".join(quoted(text) for text in texts)
