"""A publisher killed at every step: the pointer stays on a whole version, the next clears up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from baokuan import files
from serving import candidate, publish, versions
from serving.connect import connect
from serving.records import publications

# Where the publisher dies, in order: each name is replaced by a function that kills the process.
MOMENTS = (
    "candidate.copy",
    "publish._complete",
    "publish._digest",
    "files.fsync_tree",
    "publish.verify",
    "files.write_atomic",
    "publish.record_publication",
)

SCRIPT = """
import os, signal, sys
from pathlib import Path
from baokuan import files
from baokuan import files
from baokuan.home import Home
from serving import candidate, publish
home = Home(Path(sys.argv[1]))
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
module, name = sys.argv[2].split(".")
setattr({"candidate": candidate, "publish": publish, "files": files}[module], name, die)
publish.publish(home, candidate.make(home, "nightly"), "run-killed", "nightly")
"""


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("first", [True, False], ids=["first-publication", "later"])
def test_killed(home, build, release, moment, first):
    before = None if first else release(home, 1)
    build(home, 2)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), str(home.root), moment],
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    moved = moment == "publish.record_publication"
    if moved:
        assert versions.current(home) not in (None, before)
    else:
        assert versions.current(home) == before
    if before or moved:
        publish.verify(home)

    after = release(home, 3)
    con = connect(home)
    assert con.execute("select distinct tick from hits.board").fetchall() == [(3,)]
    con.close()
    published = [p["version"] for p in publications(home) if p["action"] == "published"]
    assert versions.names(home) == published
    assert published[-1] == after
    assert len(published) == (not first) + moved + 1
    assert sorted(p.name for p in home.published.iterdir()) == sorted(
        [".lock", "CURRENT", *published]
    )


def test_killed_while_the_pointer_is_written_leaves_the_old_pointer(home, release):
    version = release(home, 1)
    (home.published / ".CURRENT.0123.tmp").write_text("half a na")
    assert versions.current(home) == version
    release(home, 2)
    assert not list(home.published.glob(".*.tmp"))


def test_killed_during_a_roll_back_the_same_command_finishes_it(home, release):
    one, two = release(home, 1), release(home, 2)
    files.write_atomic(home.published / two / versions.WITHDRAWN, "killed after the mark")
    assert versions.current(home) == two
    assert publish.rollback(home) == one


def test_a_candidate_of_a_living_publisher_is_left_alone(home, build):
    build(home)
    other = home.published / f".candidate-20261101T000000000000Z-nightly-{os.getppid()}"
    other.mkdir()
    made = candidate.make(home, "nightly")
    assert other.is_dir()
    assert made.is_file()
