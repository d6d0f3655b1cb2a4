"""Tells somebody when a run failed, was refused, or left something behind.

Every notification is a line in ``reports/notifications.jsonl``. ``notify.yml`` in the settings
folder adds ways: ``command`` (a list; gets the JSON on its standard input) and ``webhook_file`` (a
file that holds the address, so that the address isn't in the settings). A way that fails is noted
beside the line and never harms the run. Messages name tables, feeds and files, never persons.
"""

from __future__ import annotations

import json
import subprocess
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from baokuan.home import Home, config_dir

SETTINGS = "notify.yml"
TIMEOUT = 20


@dataclass(frozen=True)
class Notice:
    """What is told: no rows, no values of personal columns."""

    run_id: str
    job: str
    status: str
    at: str
    headline: str
    items: list[str]
    version: str | None = None


def send(home: Home, notice: Notice, settings: Mapping[str, Any] | None = None) -> list[str]:
    """Write the line, then use each way that is set up.

    Returns:
        What went wrong with a way, one line each; empty when all went through.
    """
    troubles = []
    body = json.dumps(asdict(notice), ensure_ascii=False)
    try:
        ways = read_settings(config_dir()) if settings is None else settings
    except ValueError as error:
        ways = {}
        troubles.append(str(error))
    if ways.get("command"):
        troubles += _command(list(ways["command"]), body)
    if ways.get("webhook_file"):
        troubles += _webhook(Path(ways["webhook_file"]).expanduser(), body)
    line = json.dumps({**asdict(notice), "troubles": troubles}, ensure_ascii=False)
    home.reports.mkdir(parents=True, exist_ok=True)
    with (home.reports / "notifications.jsonl").open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    return troubles


def read_settings(folder: Path) -> dict[str, Any]:
    """``notify.yml`` of the settings folder; empty when there is none.

    Raises:
        ValueError: the file isn't what it should be; says where and how to write it.
    """
    path = folder / SETTINGS
    if not path.is_file():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not YAML: {error}") from error
    if not isinstance(data, dict) or set(data) - {"command", "webhook_file"}:
        raise ValueError(f"{path}: write `command: [program, argument]` or `webhook_file: path`")
    command = data.get("command", [])
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise ValueError(f"{path}: command is a list of words, like [mail, -s, baokuan, you@shop]")
    return data


def _command(words: list[str], body: str) -> list[str]:
    try:
        subprocess.run(
            words, input=body, text=True, timeout=TIMEOUT, check=True, capture_output=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return [f"notify command {words[0]}: {error}"]
    return []


def _webhook(file: Path, body: str) -> list[str]:
    """POST the JSON; the address never shows up in a message, it may hold a token."""
    try:
        address = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        return [f"notify webhook_file {file}: {error.strerror}"]
    if not address.startswith(("https://", "http://")):
        return [f"notify webhook_file {file}: holds no http address"]
    try:
        request = urllib.request.Request(
            address, body.encode(), {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            return []
    except (OSError, ValueError) as error:
        return [f"notify webhook in {file}: {type(error).__name__}"]
