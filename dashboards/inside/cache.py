"""A cache of query results whose keys carry what the answer depends on besides the query.

The published version (so each publish invalidates at once) and the lists of users and regions
(so a changed row rule does too). Nothing else about caching belongs here.
"""

from __future__ import annotations

from typing import Any

from cachelib.file import FileSystemCache
from flask import Flask

from dashboards.inside import reading


class VersionedFileCache(FileSystemCache):
    """Shared by all workers; old versions' entries age out."""

    def _get_filename(self, key: str) -> str:
        if key == self._fs_count_file:
            return super()._get_filename(key)
        return super()._get_filename(f"{reading.answer_key()}/{key}")


def make(
    app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
) -> VersionedFileCache:
    """What flask-caching calls to make its backend (``CACHE_TYPE`` names this function)."""
    return VersionedFileCache(
        config["CACHE_DIR"],
        threshold=config["CACHE_THRESHOLD"],
        default_timeout=config["CACHE_DEFAULT_TIMEOUT"],
        mode=0o600,
    )
