"""Fifty publications while another process reads: no error, no mixture, nothing stale."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import time

from serving import ops, versions
from serving.prune import prune

READER = """
import json, os, sys, time
from pathlib import Path
from baokuan.home import Home
from serving import versions
from serving.connect import connect
home, stop = Home(Path(sys.argv[1])), Path(sys.argv[2])
found = {"queries": 0, "errors": [], "mixed": 0, "stale": 0, "backwards": 0, "ticks": []}
held = None
last = -1
parent = os.getppid()
while not stop.exists() and os.getppid() == parent:
    try:
        promised = versions.manifest(home, versions.current(home))["run_id"]
    except Exception:
        continue  # the manifest of a version pruned a moment ago: not what is under test
    try:
        con = connect(home)
        rows = con.execute(
            "select distinct b.tick, s.tick, v.tick from hits.board as b "
            "join core.dim_skc as s using (skc_id) join goods.v_skc as v using (skc_id)"
        ).fetchall()
        con.execute("select count(*) from ops.publications").fetchall()
    except Exception as error:
        found["errors"].append(repr(error))
        continue
    found["queries"] += 1
    stop.with_name(f"reading-{os.getpid()}").touch()
    tick = rows[0][0]
    found["mixed"] += len(rows) != 1 or len(set(rows[0])) != 1
    found["stale"] += tick < int(promised.split("-")[1])
    found["backwards"] += tick < last
    last = tick
    found["ticks"].append(tick)
    if held is not None and found["queries"] % 7 == 0:
        held.close()
        held = None
    if held is None:
        held = con  # an old version stays open while newer ones are published
    else:
        con.close()
found["ticks"] = len(set(found["ticks"]))
print(json.dumps(found))
"""


def test_readers_never_notice_a_publication(home, release, tmp_path):
    ops.renew(home)
    release(home, 0)
    stop = tmp_path / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(READER), str(home.root), str(stop)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    while not all((tmp_path / f"reading-{reader.pid}").exists() for reader in readers):
        assert all(reader.poll() is None for reader in readers)
        time.sleep(0.05)
    for tick in range(1, 51):
        release(home, tick, kind="intraday" if tick % 2 else "nightly")
        if tick % 5 == 0:
            ops.renew(home)
            prune(home)
    stop.touch()
    reports = [json.loads(reader.communicate(timeout=600)[0]) for reader in readers]
    for report in reports:
        print(report)
        assert report["errors"] == []
        assert (report["mixed"], report["stale"], report["backwards"]) == (0, 0, 0)
        assert report["queries"] >= 50
        assert report["ticks"] >= 20
    assert len(versions.names(home)) <= 11
