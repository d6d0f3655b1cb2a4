"""The clock and settings folder that a home brings along (``home.mk``): the demo homes do.

The Makefile includes the same file; this covers commands that are run without make. What stands in
the environment wins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from baokuan.home import Home

FILE = "home.mk"
_LINE = re.compile(r"^(BAOKUAN_NOW|BAOKUAN_CONFIG|BAOKUAN_CONTRACTS)\s*\?=\s*(.+?)\s*$")


def path_of(home: Home) -> Path:
    return home.root / FILE


def read(home: Home) -> dict[str, str]:
    """The settings the home brings; empty for a retailer's own home."""
    path = path_of(home)
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {m.group(1): m.group(2) for line in lines if (m := _LINE.match(line))}


def write(home: Home, title: str, settings: dict[str, str]) -> None:
    """Mark a home as one that brings its settings along."""
    home.root.mkdir(parents=True, exist_ok=True)
    body = "".join(f"{name} ?= {value}\n" for name, value in settings.items())
    path_of(home).write_text(f"# {title}\n{body}", encoding="utf-8")


def title(home: Home) -> str | None:
    """First line of the mark, which says what the home holds."""
    path = path_of(home)
    if not path.is_file():
        return None
    return path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")


def apply(home: Home, tell: Callable[[str], None] = print) -> None:
    """Set what the home brings and the environment doesn't."""
    for name, value in read(home).items():
        if not os.environ.get(name):
            os.environ[name] = value
            tell(f"{name}={value} (from {path_of(home)})")
