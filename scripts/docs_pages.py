"""Pages of the site that lie beside the code, where people look for them: read by mkdocs.yml.

Belongs here: which they are, and how a link between them and docs/ is written on the site.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

PROJECT = Path(__file__).resolve().parent.parent
PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "DECISIONS.md": "decisions.md",
    "data/README.md": "data.md",
    "dashboards/README.md": "dashboards.md",
}
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, *, config: Any) -> Files:
    """Add the pages from outside docs/."""
    for place, name in PAGES.items():
        files.append(File.generated(config, name, abs_src_path=str(PROJECT / place)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """Links as on the site: to a page of it, else the bare words, since code is not part of it."""
    name = page.file.src_uri
    place = {on_site: place for place, on_site in PAGES.items()}.get(name, f"docs/{name}")

    def on_site(found: re.Match[str]) -> str:
        words, link, heading = found.group(1), found.group(2), found.group(3) or ""
        target = posixpath.normpath(posixpath.join(posixpath.dirname(place), link))
        target = PAGES.get(target, target.removeprefix("docs/"))
        if files.get_file_from_path(target) is None:
            return words
        return f"[{words}]({posixpath.relpath(target, posixpath.dirname(name) or '.')}{heading})"

    return _LINK.sub(on_site, markdown)
