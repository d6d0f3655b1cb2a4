"""A home folder of its own for every test, with helpers to land files and look at the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from baokuan.home import Home
from ingest.bronze import views
from ingest.load.run import ingest_landing
from ingest.outcomes import Outcome

RECEIPT_LINES = "店仓代码,业务日,小票号,行号,条码,数量,成交额\n"


class Shop:
    """A retailer's home folder."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "home").make()

    def land(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.home.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def ingest(self) -> list[Outcome]:
        return ingest_landing(self.home)

    def one(self) -> Outcome:
        (outcome,) = self.ingest()
        return outcome

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the bronze views."""
        with duckdb.connect(":memory:") as con:
            views.register(self.home, con)
            return con.execute(sql).fetchall()

    def quarantine(self, outcome: Outcome) -> list[tuple[Any, ...]]:
        assert outcome.quarantine_path is not None
        with duckdb.connect(":memory:") as con:
            return con.execute(
                'select kind, row_no, reason, "column", value from read_parquet(?) order by row_no',
                [str(self.home.root / outcome.quarantine_path)],
            ).fetchall()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("BAOKUAN_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("BAOKUAN_NOW", "2026-11-01T06:00:00+08:00")
    monkeypatch.delenv("BAOKUAN_CONTRACTS", raising=False)
    monkeypatch.delenv("BAOKUAN_KEEP_LANDING", raising=False)
    return Shop(tmp_path)
