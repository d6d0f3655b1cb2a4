"""Superset's event log without the inner steps of a chart request.

One request writes six rows, each with a commit of its own; the one that says who asked for what is
kept, the five that only time its parts are not. Pruning the log is in ``metadata.py``.
"""

from __future__ import annotations

from typing import Any

from superset.utils.log import DBEventLogger

INNER = {
    "_get_data_response",
    "ChartDataRestApi.json_dumps",
    "execute_sql",
    "load_into_dataframe",
    "QueryObject.post_processing",
}


class EventLog(DBEventLogger):  # type: ignore[misc]
    """Writes what people do."""

    def log_with_context(self, action: str, *args: Any, **kwargs: Any) -> None:
        if action not in INNER:
            super().log_with_context(action, *args, **kwargs)
