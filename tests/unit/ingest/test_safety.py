"""Nothing a file can hold makes the ingest fail, lose a row or tell a secret; no kill spoils it."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest import outcomes
from ingest.contract import load_all
from ingest.draft.write import draft
from ingest.load.run import ingest_landing
from ingest.outcomes import AccountingError, Outcome
from ingest.read import any as any_format
from ingest.read.table import BlockedError, NotThisFeedError
from ingest.value import accept
from tests.unit.ingest.conftest import Shop

CONTRACTS = {contract.name: contract for contract in load_all()}
PHONE = "139" + "12345678"
SAMPLES = {
    "crm_member": (
        "会员号,姓名,手机,性别,生日,等级,状态,修改时间\n"
        f"M1,张三,{PHONE},男,1990-01-02,金,正常,2026-10-01 10:00:00\n"
        f"M2,李四,+86 {PHONE},女,19900102,银,\"电话{PHONE}\",2026/10/1 10:00\n"
    ),
    "pos_receipt_line": (
        "店仓代码,业务日,小票号,行号,条码,数量,吊牌价,成交额,赠品\n"
        'S1,2026-10-31,1,1,="690",2,"1,299.00",¥99元,是\nS1,20261031,1.9E+15,x,,(2),1万,-,否\n合计,,,,,,,3,\n'
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> accept.Engine:
    os.environ["BAOKUAN_CONFIG"] = str(tmp_path_factory.mktemp("config"))
    return accept.Engine(threads=1)


def check(engine: accept.Engine, folder: Path, name: str, content: bytes, suffix: str) -> None:
    """Read and type one file; every row must be accounted for, no phone may come through."""
    contract = CONTRACTS[name]
    path = folder / f"f{suffix}"
    path.write_bytes(content)
    try:
        table = any_format.read(engine.con, path, contract)
    except (BlockedError, NotThisFeedError):
        return
    kept, noted = engine.type_rows(contract, [(table.data, None)], table.hints)
    lines = accept.entries(contract, "f", table.bad, noted.to_pylist())
    tally = accept.Tally(in_file=table.rows_in_file)
    tally.skipped.update(table.skipped)
    tally.add(contract, kept, noted, lines)
    outcome = Outcome("f", name, name, "f", "h", 1, "loaded")
    tally.fill(outcome)
    outcome.check()
    shown = [n for n, _ in contract.outputs]
    written = json.dumps([kept.select(shown).to_pylist(), lines], ensure_ascii=False, default=str)
    assert PHONE not in written


# Together at least 500 a run; more for a longer search.
EXAMPLES = int(os.environ.get("BAOKUAN_EXAMPLES", "170"))
KILLS = int(os.environ.get("BAOKUAN_KILLS", "30"))
ANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@ANY
@given(
    content=st.binary(max_size=400), suffix=st.sampled_from([".csv", ".jsonl", ".xlsx", ".parquet"])
)
def test_arbitrary_bytes(
    engine: accept.Engine, tmp_path: Path, content: bytes, suffix: str
) -> None:
    check(engine, tmp_path, "crm_member", content, suffix)
    header = SAMPLES["crm_member"].split("\n")[0].encode() + b"\n"
    check(engine, tmp_path, "crm_member", header + content, suffix)


@ANY
@given(
    name=st.sampled_from(sorted(SAMPLES)),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16"]),
    edits=st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 12), st.binary(max_size=6)), max_size=4
    ),
)
def test_arbitrary_mutations(
    engine: accept.Engine, tmp_path: Path, name: str, encoding: str,
    edits: list[tuple[int, int, bytes]],
) -> None:  # fmt: skip
    content = (SAMPLES[name] * 2).encode(encoding)
    for place, cut, insert in edits:
        content = content[:place] + insert + content[place + cut :]
    check(engine, tmp_path, name, content, ".csv")


@ANY
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["事件ID", "时间", "事件", "数量", "平台", "会话ID", "x", "X"]),
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
                      st.lists(st.integers(), max_size=2)),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_arbitrary_json(
    engine: accept.Engine, tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, object]]
) -> None:
    content = "\n".join(json.dumps(item, ensure_ascii=False) for item in items) + "\n"
    folder = tmp_path_factory.mktemp("json")
    check(engine, folder, "ec_event", content.encode("utf-8", "surrogatepass"), ".jsonl")


@settings(max_examples=EXAMPLES // 10, deadline=None, suppress_health_check=list(HealthCheck))
@example(content=b"\x00", suffix=".csv")  # looks like UTF-16, and stops within a character
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.lists(st.lists(st.text(max_size=5), max_size=4), max_size=6).map(
            lambda rows: "\n".join(",".join(row) for row in rows).encode("utf-8", "ignore")
        ),
    ),
    suffix=st.sampled_from([".csv", ".jsonl", ".xlsx", ".parquet", ".txt"]),
)
def test_a_draft_of_arbitrary_bytes(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"f{suffix}"
    path.write_bytes(content)
    try:
        assert "\nfeed: " in draft(path)
    except BlockedError as error:
        assert error.remedy


def test_rows_that_do_not_add_up_are_not_committed(shop: Shop) -> None:
    outcome = Outcome("f", "a", "a", "f", "h", 1, "loaded", rows_in_file=2, rows_kept=1)
    with pytest.raises(AccountingError, match="2 rows in the file, 1 accounted for"):
        outcomes.write(shop.home, outcome)
    assert not list(shop.home.outcomes.iterdir())


def _land_many(shop: Shop) -> None:
    for store in range(40):
        rows = "".join(f"S{store},{r},{n},690{n},1,10\n" for r in range(20) for n in range(3))
        shop.land(
            f"pos/pos_receipt_line_delta_20261031_S{store}.csv",
            "店仓代码,小票号,行号,条码,数量,成交额\n" + rows,
        )
    members = "".join(f"M{i},{PHONE[:7]}{i:04d}\n" for i in range(3000))
    shop.land("crm/crm_member_full_20261031_1.csv", "会员号,手机\n" + members)


def _bronze(shop: Shop) -> list[object]:
    """Every row of bronze, and the outcomes, but for the batch."""
    lines = shop.rows("select * exclude (_batch) from bronze.pos_receipt_line order by all")
    members = shop.rows("select * exclude (_batch) from bronze.crm_member order by all")
    done = [(o.file_id, o.status, o.rows_kept) for o in outcomes.read_all(shop.home)]
    return [lines, members, done]


def test_a_kill_at_any_moment_changes_nothing_in_the_end(shop: Shop, tmp_path: Path) -> None:
    _land_many(shop)
    shop.ingest()
    expected = _bronze(shop)
    chance, kills, here, homes = random.Random(7), 0, 0, 0
    # A server that has loaded the intake starts each process at once.
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(["ingest.load.run"])
    other = Shop(tmp_path / "killed0")
    _land_many(other)
    while kills < KILLS:
        process = start.Process(target=ingest_landing, args=(other.home,))
        process.start()
        while process.is_alive() and not (other.home.state / "ingest.lock").exists():
            time.sleep(0.005)
        time.sleep(chance.uniform(0.05, 1.0))
        finished = not process.is_alive()
        if not finished:
            process.kill()
            kills, here = kills + 1, here + 1
        process.join()
        (other.home.state / "ingest.lock").unlink(missing_ok=True)
        if finished or here == 6 or kills == KILLS:  # all is loaded: from the beginning again
            other.ingest()
            assert _bronze(other) == expected
            assert not list(other.home.landing.rglob("*.csv"))
            assert not [path for path in other.home.root.rglob("*.tmp*") if path.is_file()]
            here, homes = 0, homes + 1
            other = Shop(tmp_path / f"killed{homes}")
            _land_many(other)


@pytest.mark.parametrize("step", ["write_quarantine", "writer", "sync", "commit", "archive"])
def test_an_error_at_each_step_is_made_good_by_the_next_run(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    text = "店仓代码,小票号,行号,条码,数量,成交额\nS1,1,1,690,1,10\nS1,1,2,690,x,10\n"
    name = "pos/pos_receipt_line_delta_20261031_S1.csv"
    shop.land(name, text)
    shop.ingest()
    expected = shop.rows("select * from bronze.pos_receipt_line")
    other = Shop(tmp_path / "broken")
    other.land(name, text)

    def fail(*args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    target = {
        "write_quarantine": "ingest.bronze.write.write_quarantine",
        "writer": "ingest.bronze.write.Writer.close", "sync": "os.fsync",
        "commit": "ingest.outcomes.write", "archive": "ingest.arrive.landing.archive",
    }[step]  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(target, fail)
        with pytest.raises(OSError, match="disk full"):
            other.ingest()
    other.ingest()
    assert other.rows("select * exclude (_batch) from bronze.pos_receipt_line") == [
        row[:-1] for row in expected
    ]
    assert [o.status for o in outcomes.read_all(other.home)] == ["loaded"]
    assert not (other.home.landing / name).exists()


def test_the_engine_has_no_key_in_its_settings(engine: accept.Engine) -> None:
    names = engine.con.execute("select value from duckdb_settings()").fetchall()
    assert engine.key.hex() not in str(names)
