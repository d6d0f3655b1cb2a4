"""The home folder: where runtime data lives. Only paths; nothing is read or written at import."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# Of new DuckDB files. Text is smaller and a third quicker to write than in the default format of
# 2024; readers need DuckDB 1.4 or later.
STORAGE_VERSION = "v1.4.0"


@dataclass(frozen=True)
class Home:
    """Paths below one home folder (``BAOKUAN_HOME``, default ``./data``)."""

    root: Path

    @classmethod
    def from_env(cls) -> Home:
        """The home named by ``BAOKUAN_HOME``, made absolute; the folders are made on first use."""
        return cls(Path(os.environ.get("BAOKUAN_HOME") or PROJECT / "data").expanduser().resolve())

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def bronze(self) -> Path:
        return self.root / "bronze"

    @property
    def outcomes(self) -> Path:
        """One JSON file for each landed file and feed; its presence commits the bronze Parquet."""
        return self.bronze / "_outcomes"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse" / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def ops_records(self) -> Path:
        """Append-only JSON records of runs, quality results and publications, a folder a kind."""
        return self.state / "ops"

    @property
    def dbt_manifest(self) -> Path:
        """What dbt knows of its models, with the words that describe tables and columns."""
        return self.state / "dbt" / "target" / "manifest.json"

    def make(self) -> Home:
        """Create the folders that are missing; returns itself."""
        for path in (
            self.landing,
            self.outcomes,
            self.quarantine,
            self.archive,
            self.warehouse.parent,
            self.published,
            self.reports,
            self.ops_records,
        ):
            path.mkdir(parents=True, exist_ok=True)
        self.archive.chmod(0o700)
        return self


def config_dir() -> Path:
    """The retailer's own settings and secret keys (``BAOKUAN_CONFIG``), never in the repository."""
    return Path(os.environ.get("BAOKUAN_CONFIG") or "~/.config/baokuan").expanduser().resolve()
