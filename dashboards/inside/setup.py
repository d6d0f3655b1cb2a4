"""Set Superset up in one process: tables, roles, the administrator, the dashboards, row rules.

Run by ``python -m dashboards bootstrap`` with Superset's own Python; each ``superset`` command
would cost some ten seconds of imports. Every step may be repeated. What to import is decided in
``dashboards.bundle``, who may see what in ``dashboards.inside.access``.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import secrets
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from baokuan.home import config_dir

ADMIN = "admin"


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done and how long it took."""
    print(f"  {title} … ", end="", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def migrate(app: Any) -> None:
    """Bring Superset's own tables to this release; quick when they are already there."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from flask_migrate import upgrade
    from superset import db

    migrations = Path(sys.modules["superset"].__file__ or "").parent / "migrations"
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    wanted = ScriptDirectory(str(migrations)).get_heads()
    if set(present) != set(wanted):
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            upgrade(directory=str(migrations))


def make_admin(state: Path) -> None:
    """Create the administrator with a generated password, or set the password from its file."""
    from superset import security_manager

    file = state / "admin_password"
    user = security_manager.find_user(ADMIN)
    if user is not None and file.exists():
        return
    password = write_secret(file)
    if user is None:
        security_manager.add_user(
            ADMIN,
            "admin",
            "",
            "admin@localhost",
            security_manager.find_role("Admin"),
            password,
        )
    else:
        security_manager.reset_password(user.id, password)


def write_secret(path: Path, length: int = 18) -> str:
    """A new random secret in a file that only its owner can read."""
    secret = secrets.token_urlsafe(length)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(secret + "\n", "utf-8")
    return secret


def import_assets(files: dict[str, str], retired: list[str]) -> None:
    """Import the bundle over what is there; remove what left the repository."""
    from flask import g
    from superset import security_manager
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    from dashboards.inside import assets

    g.user = security_manager.find_user(ADMIN)
    ImportAssetsCommand(files).run()
    assets.remove(retired)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="JSON made by the bootstrap")
    parser.add_argument("--state", type=Path, required=True, help="Superset's home folder")
    args = parser.parse_args(argv)
    bundle = json.loads(args.bundle.read_text("utf-8"))
    logging.disable(logging.WARNING)

    with step("loading Superset"):
        from superset.app import create_app

        app = create_app()
    with app.app_context():
        from superset import appbuilder, security_manager

        from dashboards.inside import access, examples, metadata, users

        with step("its own tables"):
            migrate(app)
        with step("permissions and roles"):
            if bundle["refresh_permissions"]:
                appbuilder.add_permissions(update_perms=True)
                security_manager.sync_role_definitions()
            access.make_roles()
        with step("administrator"):
            make_admin(args.state)
        with step(f"{len(bundle['files']) - 1} assets"):
            import_assets(bundle["files"], bundle["retired"])
        with step("access to dashboards and rows"):
            access.grant(bundle["access"])
        with step("users"):
            said = users.load(config_dir() / users.FILE, args.state)
        print(f"  {said}")
        with step("example queries"):
            examples.give(bundle["queries"], bundle["access"]["database"])
        with step("pruning old logs"):
            metadata.prune_logs()


if __name__ == "__main__":
    main()
