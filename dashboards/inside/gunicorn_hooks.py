"""Hooks of the web server; its options are in ``dashboards/server.py``."""

from __future__ import annotations

import os
import sys
from typing import Any


def worker_exit(server: Any, worker: Any) -> None:
    """Leave at once: DuckDB 1.5's static objects crash when a forked process winds down."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
