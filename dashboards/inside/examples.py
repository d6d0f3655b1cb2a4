"""Example queries in SQL Lab: Superset shows everyone his own only, so each analyst gets a copy."""

from __future__ import annotations

import uuid
from typing import Any

from dashboards.inside.users import ADMIN

ROLE = "Analyst"


def give(queries: list[dict[str, str]], database_uuid: str) -> None:
    """Copy the examples to the administrator and to everyone who writes SQL.

    Each query: ``uuid``, ``label``, ``description``, ``sql``. A copy that its owner changed is
    overwritten; what he saved himself is left alone.
    """
    from superset import db, security_manager
    from superset.models.core import Database
    from superset.models.sql_lab import SavedQuery

    database = db.session.query(Database).filter_by(uuid=database_uuid).one()
    for user in security_manager.get_all_users():
        if user.username != ADMIN and ROLE not in {role.name for role in user.roles}:
            continue
        for query in queries:
            own = uuid.uuid5(uuid.UUID(query["uuid"]), user.username)
            saved: Any = db.session.query(SavedQuery).filter_by(uuid=own).one_or_none()
            if saved is None:
                saved = SavedQuery(uuid=own, user_id=user.id, created_by_fk=user.id)
                db.session.add(saved)
            saved.db_id, saved.schema, saved.catalog = database.id, "hits", None
            saved.label, saved.description = query["label"], query["description"]
            saved.sql = query["sql"]
    db.session.commit()
