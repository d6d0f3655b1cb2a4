"""Real public exports, read from a folder that is no part of the project.

It is BAOKUAN_SHARED_DATA, or shared/data beside the project; without it these tests are skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from baokuan.home import PROJECT
from tests.unit.ingest.conftest import Shop, shop

__all__ = ["Shop", "shop"]


@pytest.fixture
def data() -> Path:
    folder = Path(os.environ.get("BAOKUAN_SHARED_DATA") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no folder {folder} with the public data sets; BAOKUAN_SHARED_DATA names it")
    return folder
