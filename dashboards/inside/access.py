"""Who may see what: the project's roles, the roles of each dashboard, row rules.

Roles are lists of named permissions, written out; Superset's own roles are left as they are. Whom
they are given to is in ``users.py``.
"""

from __future__ import annotations

from typing import Any

READ = [
    ("can_read", "Dashboard"),
    ("can_read", "Chart"),
    ("can_read", "Dataset"),
    ("can_read", "CurrentUserRestApi"),
    ("can_read", "SecurityRestApi"),
    ("can_read", "CssTemplate"),
    ("can_read", "Theme"),
    ("can_read", "DashboardFilterStateRestApi"),
    ("can_write", "DashboardFilterStateRestApi"),
    ("can_read", "DashboardPermalinkRestApi"),
    ("can_write", "DashboardPermalinkRestApi"),
    ("can_dashboard", "Superset"),
    ("can_slice", "Superset"),
    ("can_explore_json", "Superset"),
    ("can_log", "Superset"),
    ("can_language_pack", "Superset"),
    ("can_time_range", "Api"),
    ("can_query_form_data", "Api"),
    ("can_query", "Api"),
    ("can_view_chart_as_table", "Dashboard"),
    ("can_csv", "Superset"),
    ("menu_access", "Dashboards"),
    ("can_recent_activity", "Log"),
    ("can_userinfo", "UserDBModelView"),
    ("resetmypassword", "UserDBModelView"),
    ("can_this_form_get", "ResetMyPasswordView"),
    ("can_this_form_post", "ResetMyPasswordView"),
    ("can_get", "MenuApi"),
]
SQL_LAB = [
    ("menu_access", "SQL Lab"),
    ("menu_access", "SQL Editor"),
    ("menu_access", "Saved Queries"),
    ("menu_access", "Query Search"),
    ("can_read", "SQLLab"),
    ("can_sqllab", "Superset"),
    ("can_sqllab_history", "Superset"),
    ("can_execute_sql_query", "SQLLab"),
    ("can_get_results", "SQLLab"),
    ("can_estimate_query_cost", "SQLLab"),
    ("can_format_sql", "SQLLab"),
    ("can_export_csv", "SQLLab"),
    ("can_read", "Database"),
    ("can_read", "Query"),
    ("can_read", "SavedQuery"),
    ("can_write", "SavedQuery"),
    ("can_activate", "TabStateView"),
    ("can_get", "TabStateView"),
    ("can_post", "TabStateView"),
    ("can_put", "TabStateView"),
    ("can_delete", "TabStateView"),
    ("can_delete_query", "TabStateView"),
    ("can_migrate_query", "TabStateView"),
    ("can_expanded", "TableSchemaView"),
    ("can_post", "TableSchemaView"),
    ("can_delete", "TableSchemaView"),
]
ROLES = {
    "Viewer": READ,
    "Regional": READ,
    "Analyst": READ + SQL_LAB,
    "Operator": READ,
}
DATABASE_ROLES = ("Analyst",)


REGION_RULE = "regions"


def make_roles() -> None:
    """Create the roles with exactly their permissions.

    Raises:
        LookupError: this release of Superset doesn't have one of them.
    """
    from superset import db, security_manager

    for name, wanted in ROLES.items():
        role = security_manager.find_role(name) or security_manager.add_role(name)
        found = {one: security_manager.find_permission_view_menu(*one) for one in wanted}
        if missing := [" on ".join(one) for one, there in found.items() if there is None]:
            raise LookupError(f"Superset has no permission {', '.join(missing)}; mend access.py")
        role.permissions = list(found.values())
    db.session.commit()


def grant(access: dict[str, Any]) -> None:
    """Open each dashboard to its roles, the database to those who write SQL; set the row rule.

    ``access``: ``dashboards`` (uuid → role names), ``database`` (its uuid), ``regional`` (uuids of
    the datasets whose rows belong to regions).
    """
    from superset import db, security_manager
    from superset.models.core import Database
    from superset.models.dashboard import Dashboard

    for uuid, names in access["dashboards"].items():
        board = db.session.query(Dashboard).filter_by(uuid=uuid).one()
        board.roles = [security_manager.find_role(name) for name in names]
    database = db.session.query(Database).filter_by(uuid=access["database"]).one()
    opened = security_manager.add_permission_view_menu("database_access", database.perm)
    for name in DATABASE_ROLES:
        security_manager.add_permission_role(security_manager.find_role(name), opened)
    _rule(access["regional"])
    db.session.commit()


def _rule(datasets: list[str]) -> None:
    """Of datasets with regions, a regional manager sees the rows of his regions."""
    from superset import db, security_manager
    from superset.connectors.sqla.models import RowLevelSecurityFilter, SqlaTable

    rule = db.session.query(RowLevelSecurityFilter).filter_by(name=REGION_RULE).one_or_none()
    if rule is None:
        rule = RowLevelSecurityFilter(name=REGION_RULE)
        db.session.add(rule)
    rule.filter_type = "Regular"
    rule.group_key = REGION_RULE
    rule.clause = "region in ({{ regions_of(current_username()) }})"
    rule.roles = [security_manager.find_role("Regional")]
    rule.tables = db.session.query(SqlaTable).filter(SqlaTable.uuid.in_(datasets)).all()
