"""Users from the retailer's roster, ``users.csv`` (user_name, display_name, role) in its settings.

Who is in the file gets in with that role; who has left it no longer does. Passwords are generated
once and kept in a file that only its owner can read. What a role may do is in ``access.py``.
"""

from __future__ import annotations

import csv
import secrets
from dataclasses import dataclass
from pathlib import Path

from dashboards.inside.access import ROLES

FILE = "users.csv"
PASSWORDS = "user_passwords.csv"
COLUMNS = {"user_name", "display_name", "role"}
ADMIN = "admin"


class RosterError(ValueError):
    """The roster says something that can't be done; the message names the line."""


@dataclass(frozen=True)
class Person:
    user_name: str
    display_name: str
    role: str


def read(path: Path) -> list[Person] | None:
    """People of the roster; None when the retailer keeps none.

    Raises:
        RosterError: a column is missing, a name is doubled or empty, a role is unknown.
    """
    if not path.exists():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if missing := COLUMNS - set(rows.fieldnames or []):
            raise RosterError(f"{path}: column {', '.join(sorted(missing))} is missing")
        people: dict[str, Person] = {}
        for number, row in enumerate(rows, start=2):
            name, role = (row["user_name"] or "").strip(), (row["role"] or "").strip().title()
            if not name or name in people or name == ADMIN:
                raise RosterError(f"{path}: line {number}: user_name {name!r} is empty or taken")
            if role not in ROLES:
                raise RosterError(
                    f"{path}: line {number}: role {row['role']!r} is none of "
                    f"{', '.join(role.lower() for role in ROLES)}"
                )
            people[name] = Person(name, (row["display_name"] or "").strip() or name, role)
    return list(people.values())


def load(roster: Path, state: Path) -> str:
    """Make users as the roster has them; returns a line that says what was done."""
    from superset import db, security_manager

    people = read(roster)
    if people is None:
        return f"no {roster}; only the administrator has access"
    here = {p.user_name: p for p in people}
    ours = set(ROLES)
    left = 0
    for user in security_manager.get_all_users():
        is_ours = user.username != ADMIN and ours & {role.name for role in user.roles}
        if is_ours and user.active and user.username not in here:
            left += 1
            user.active = False
    new: dict[str, str] = {}
    for person in people:
        role = security_manager.find_role(person.role)
        user = security_manager.find_user(person.user_name)
        if user is None:
            new[person.user_name] = password = secrets.token_urlsafe(12)
            mail = f"{person.user_name}@localhost"
            user = security_manager.add_user(
                person.user_name, person.display_name, "", mail, role, password
            )
        user.active, user.roles, user.first_name = True, [role], person.display_name
    db.session.commit()
    path = state / PASSWORDS
    if new:
        _append(path, new)
    return f"{len(people)} users, {len(new)} new (passwords in {path}), {left} closed"


def _append(path: Path, passwords: dict[str, str]) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(passwords.items())
