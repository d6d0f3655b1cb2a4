"""Which versions stay: a pure rule, and the folders it leaves."""

from __future__ import annotations

import os

from baokuan import files
from serving import ops, publish, versions
from serving.connect import connect
from serving.prune import keep, prune


def name(number: int, kind: str) -> str:
    return f"202611{number:02d}T000000000000Z-{kind}"


def test_the_last_three_of_each_kind_the_current_one_and_the_one_before_stay():
    nightly = [name(n, "nightly") for n in range(1, 8)]
    intraday = [name(n, "intraday") for n in range(10, 16)]
    everything = nightly + intraday
    assert keep(everything, intraday[-1], intraday[-2], set()) == {*nightly[-3:], *intraday[-3:]}


def test_an_old_current_version_and_what_a_rollback_would_choose_stay():
    nightly = [name(n, "nightly") for n in range(1, 10)]
    gone = set(nightly[3:6])
    kept = keep(nightly, nightly[2], nightly[5], gone)
    assert kept == {nightly[1], nightly[2], nightly[5], *nightly[-3:]}


def test_withdrawn_versions_do_not_push_out_good_ones():
    nightly = [name(n, "nightly") for n in range(1, 8)]
    kept = keep(nightly, nightly[3], nightly[4], set(nightly[4:]))
    assert kept == set(nightly[1:5])


def test_prune_removes_folders_and_the_links_to_them(home, release):
    made = []
    for tick in range(5):
        made.append(release(home, tick))
        ops.renew(home)
    made += [release(home, 10 + tick, kind="intraday") for tick in range(4)]
    removed = prune(home)
    assert removed == [made[0], made[1], made[5]]
    assert versions.names(home) == [v for v in made if v not in removed]
    assert len(versions.ops_names(home)) == 5
    links = {p.parent.name for p in (home.published / "ops").glob("*/*/warehouse.duckdb")}
    assert links <= set(versions.names(home))
    assert made[-1] in links
    assert publish.verify(home).version == made[-1]
    assert prune(home) == []


def test_old_ops_versions_go_but_never_the_one_pointed_to(home):
    made = [ops.renew(home) for _ in range(8)]
    files.write_atomic(versions.ops_pointer(home), made[1])
    prune(home)
    assert versions.ops_names(home) == [made[1], *made[-5:]]


def test_a_reader_keeps_its_version_while_it_is_pruned(home, release):
    release(home, 0)
    con = connect(home)
    for tick in range(1, 6):
        release(home, tick)
    assert len(prune(home)) == 3
    assert con.execute("select distinct tick from hits.board").fetchall() == [(0,)]
    con.close()


def test_spill_folders_of_dead_processes_go(home):
    spill = home.state / "spill"
    for pid in (2**22 + 1, os.getppid()):
        (spill / f"{pid}-x").mkdir(parents=True)
    prune(home)
    assert [p.name for p in spill.iterdir()] == [f"{os.getppid()}-x"]
