"""Removes assets that left the repository; Superset's import only adds and overwrites."""

from __future__ import annotations

from typing import Any


def remove(uuids: list[str]) -> list[str]:
    """Delete what bears one of these ids; dashboards go before charts, those before datasets."""
    from superset import db
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice
    from superset.models.sql_lab import SavedQuery

    gone = []
    models: tuple[Any, ...] = (Dashboard, Slice, SqlaTable, SavedQuery)
    for model in models:
        for found in db.session.query(model).filter(model.uuid.in_(uuids)).all() if uuids else []:
            db.session.delete(found)
            gone.append(str(found.uuid))
    db.session.commit()
    return gone
