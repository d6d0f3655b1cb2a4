"""Who may see what: the project's roles, the roles of each dashboard, row rules.

Roles are lists of named permissions, written out; Superset's own roles are left as they are.
"""

from __future__ import annotations

from typing import Any

READ = [
    ("can_read", "Dashboard"),
    ("can_read", "Chart"),
    ("can_read", "Dataset"),
    ("can_read", "CurrentUserRestApi"),
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
    ("can_list", "Dashboard"),
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
    ("can_my_queries", "SqlLab"),
]
ROLES = {
    "Viewer": READ,
    "Regional": READ,
    "Analyst": READ + SQL_LAB,
    "Operator": READ,
}
DATABASE_ROLES = ("Analyst",)


def make_roles() -> None:
    """Create the roles with exactly their permissions."""
    from superset import db, security_manager

    for name, wanted in ROLES.items():
        role = security_manager.add_role(name) or security_manager.find_role(name)
        found = [security_manager.find_permission_view_menu(*one) for one in wanted]
        role.permissions = [one for one in found if one is not None]
    db.session.commit()


def missing_permissions() -> list[tuple[str, str]]:
    """Named permissions that this release of Superset doesn't have."""
    from superset import security_manager

    wanted = {one for permissions in ROLES.values() for one in permissions}
    return sorted(one for one in wanted if security_manager.find_permission_view_menu(*one) is None)


def grant(access: dict[str, Any]) -> None:
    """Open each dashboard to its roles and the database to those who write SQL.

    ``access``: ``dashboards`` (uuid → role names) and ``database`` (its uuid).
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
    db.session.commit()
