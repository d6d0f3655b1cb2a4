"""Notifications: always a line, other ways by settings, never harmful."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from baokuan.home import Home
from orchestration.notify import Notice, read_settings, send

NOTICE = Notice("r1", "nightly", "refused", "2026-11-01", "refused: gate", ["held pos"], None)


def lines(home: Home) -> list[dict]:
    text = (home.reports / "notifications.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_notice_is_a_line(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert send(home, NOTICE, {}) == send(home, NOTICE, {}) == []
    assert [line["headline"] for line in lines(home)] == ["refused: gate"] * 2


def test_a_command_gets_the_json_on_its_standard_input(tmp_path: Path) -> None:
    out = tmp_path / "got.json"
    code = f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read())"
    assert send(Home(tmp_path), NOTICE, {"command": [sys.executable, "-c", code]}) == []
    assert json.loads(out.read_text())["run_id"] == "r1"


def test_a_webhook_gets_a_post_and_its_address_stays_secret(tmp_path: Path) -> None:
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204 if self.path == "/good" else 500)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = tmp_path / "hook"
    home = Home(tmp_path)
    try:
        file.write_text(f"http://127.0.0.1:{server.server_port}/good\n")
        assert send(home, NOTICE, {"webhook_file": str(file)}) == []
        file.write_text(f"http://127.0.0.1:{server.server_port}/token-4711")
        (trouble,) = send(home, NOTICE, {"webhook_file": str(file)})
    finally:
        server.shutdown()
        server.server_close()
    assert json.loads(got[0])["status"] == "refused" and len(got) == 2
    assert (
        "4711" not in trouble and "4711" not in (home.reports / "notifications.jsonl").read_text()
    )


def test_a_failing_way_is_noted_beside_the_line(tmp_path: Path) -> None:
    home = Home(tmp_path)
    troubles = send(home, NOTICE, {"command": ["/no/such/program"], "webhook_file": "/no/file"})
    assert len(troubles) == 2 and lines(home)[0]["troubles"] == troubles


def test_settings_say_how_they_should_look(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == {}
    path = tmp_path / "notify.yml"
    for text in ("- a list", "mail: x", "command: mail me", "a: [", "command: [1]"):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"notify\.yml"):
            read_settings(tmp_path)
    path.write_text("command: [mail, you]\n")
    assert read_settings(tmp_path) == {"command": ["mail", "you"]}


def test_unreadable_settings_never_stop_the_line(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("BAOKUAN_CONFIG", str(tmp_path))
    (tmp_path / "notify.yml").write_text("a: [")
    (trouble,) = send(Home(tmp_path / "home"), NOTICE)
    assert "notify.yml" in trouble and lines(Home(tmp_path / "home"))[0]["troubles"] == [trouble]
