"""A new key keeps people together; an erased person is nowhere left, and does not come back."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from ingest import outcomes
from ingest.bronze import swap
from ingest.commands.cli import main
from ingest.contract import load_all
from ingest.erase import person, rotate
from ingest.load import retry
from ingest.personal import keys
from tests.unit.conftest import Syncs
from tests.unit.ingest.conftest import Shop

PHONES = [f"138{i:08d}" for i in range(3)]
MEMBERS = "会员号,姓名,手机,等级,合并至\n" + "".join(
    f"M{i},某{i},{p},金,{'M0' if i == 3 else ''}\n" for i, p in enumerate([*PHONES, ""])
)
ORDERS = "平台,订单号,手机,备注,实付,买家ID\n" + "".join(
    f"天猫,1{i},{p},放门口,10{i},{p}\n" for i, p in enumerate(PHONES)
)
LINES = "店仓代码,业务日,小票号,行号,条码,数量,成交额,会员卡号\n" + "".join(
    f"S1,2026-10-31,{i},1,690,1,1{i},M{i}\nS1,2026-10-31,{i},2,691,x,1{i},M{i}\n" for i in range(3)
)
MEMBER_FILE = "crm/crm_member_full_20261031_1.csv"


def _land(shop: Shop) -> None:
    shop.land(MEMBER_FILE, MEMBERS, "gb18030")
    shop.land("ec/ec_order_delta_20261031_1.csv", ORDERS)
    content = gzip.compress(LINES.encode(), mtime=0)
    shop.land("pos/pos_receipt_line_delta_20261031_S1.csv.gz", content)
    shop.ingest()


CONTRACTS = load_all()


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Contracts are not read anew for every load."""
    for module in ("load.run", "bronze.views", "contract"):
        monkeypatch.setattr(f"ingest.{module}.load_all", lambda: CONTRACTS)


JOINED = (
    "select count(*), count(distinct m.phone_key), sum(o.paid_amt)::int from bronze.crm_member m "
    "join bronze.ec_order o using (phone_key)"
)


def _hashes(shop: Shop) -> set[str]:
    return {r[0] for r in shop.rows("select phone_key from bronze.ec_order") if r[0]}


def test_people_still_join_under_a_new_key(shop: Shop) -> None:
    _land(shop)
    before, first = shop.rows(JOINED), _hashes(shop)
    shop.home.warehouse.parent.mkdir(exist_ok=True)
    shop.home.warehouse.write_bytes(b"old")
    done = rotate.rotate(shop.home, CONTRACTS)
    assert (done.version, done.files) == (2, 2)
    assert not shop.home.warehouse.exists()
    assert shop.rows(JOINED) == before and not _hashes(shop) & first
    assert keys.path_of().stat().st_mode & 0o777 == 0o600
    shop.land("ec/ec_order_delta_20261101_1.csv", ORDERS.replace("天猫", "京东"))
    shop.ingest()
    assert len(_hashes(shop)) == 3  # new files hash to the same people
    rotate.rotate(shop.home, CONTRACTS)
    assert shop.rows(JOINED)[0][:2] == (6, 3)
    assert len(list((shop.home.bronze / "crm_member").iterdir())) == 1


def test_contents_hash_as_if_loaded_under_the_new_key(shop: Shop, tmp_path: Path) -> None:
    _land(shop)
    rotate.rotate(shop.home, CONTRACTS)
    other = Shop(tmp_path / "other")
    _land(other)
    for feed in ("crm_member", "ec_order", "pos_receipt_line"):
        sql = f"select * exclude (_batch) from bronze.{feed} order by all"
        assert shop.rows(sql) == other.rows(sql)


@pytest.mark.parametrize("step", ["prepare", "rewrite", "journal", "outcome", "key", "end"])
def test_a_killed_rotation_leaves_one_key_for_all(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _land(shop)
    before, first = shop.rows(JOINED), _hashes(shop)
    target = {
        "prepare": "ingest.erase.rotate.keys.prepare", "rewrite": "ingest.erase.rotate.swap.commit",
        "journal": "ingest.bronze.swap.finish", "outcome": "ingest.bronze.swap.outcomes.write",
        "key": "ingest.bronze.swap.keys.take_over", "end": "ingest.bronze.swap.os.sync",
    }[step]  # fmt: skip
    calls = []

    def killed(*args: object) -> None:
        calls.append(args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if step in ("journal", "end"):  # these also run before anything is at stake
            patch.setattr("ingest.erase.rotate.swap.start", lambda home: 1)
        patch.setattr(target, killed)
        with pytest.raises(KeyboardInterrupt):
            rotate.rotate(shop.home, CONTRACTS)
    assert calls
    assert shop.rows(JOINED) == before  # whoever registers views finishes it first
    shop.land("ec/ec_order_delta_20261101_1.csv", ORDERS.replace("天猫", "京东"))
    shop.ingest()
    assert len(_hashes(shop)) == 3
    done = rotate.rotate(shop.home, CONTRACTS)
    assert done.version == (3 if step in ("journal", "outcome", "key") else 2)
    assert not _hashes(shop) & first
    used = {o.bronze_path for o in outcomes.read_all(shop.home)}
    there = {p.relative_to(shop.home.root).as_posix() for p in shop.home.bronze.glob("*/*.par*")}
    assert there == used - {None}


def _everything(shop: Shop) -> str:
    """All that is kept of all files, as text."""
    found = []
    for path in shop.home.root.rglob("*"):
        if not path.is_file() or path.is_relative_to(shop.home.landing):
            continue
        content = path.read_bytes()
        if path.suffix == ".parquet":
            with duckdb.connect(":memory:") as con:
                found.append(str(con.execute("from read_parquet(?)", [str(path)]).fetchall()))
        elif content.startswith(b"\x1f\x8b"):
            found.append(gzip.decompress(content).decode())
        else:
            found += [content.decode("utf-8", "replace"), content.decode("gb18030", "replace")]
    return "\n".join(found)


def test_an_erased_person_is_nowhere_left(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _land(shop)
    own = shop.rows("select phone_key from bronze.crm_member where member_no = 'M1'")[0][0]
    assert PHONES[1] in _everything(shop) and '"M1"' in _everything(shop)
    monkeypatch.setenv("BAOKUAN_HOME", str(shop.home.root))
    assert main(["erase", "--phone", f"+86 {PHONES[1]}"]) == 0
    out = capsys.readouterr().out
    assert "1 rows removed, 2 rows kept without the person" in out and PHONES[1] not in out
    kept = _everything(shop)
    for trace in (PHONES[1], "某1", "'M1'", '"M1"', ",M1"):
        assert trace not in kept
    assert own not in kept.replace((shop.home.state / "erased.json").read_text(), "")
    assert PHONES[0] in kept and "某0" in kept
    assert shop.rows("select count(*), sum(sale_amt)::int from bronze.pos_receipt_line") == [
        (3, 33)
    ]
    assert shop.rows("select member_no from bronze.pos_receipt_line order by all") == [
        ("M0",), ("M2",), (None,),
    ]  # fmt: skip
    assert shop.rows("select count(*), count(phone_key), count(buyer_id_key) from bronze.ec_order"
                     ) == [(3, 2, 2)]  # fmt: skip
    log = (shop.home.ops_records / "erasures.jsonl").read_text()
    assert json.loads(log)["rows_cleaned"] == 2 and own not in log


def test_what_an_erasure_leaves_has_reached_the_disk(shop: Shop, syncs: Syncs) -> None:
    _land(shop)
    syncs.paths.clear()
    person.erase(shop.home, CONTRACTS, phone=PHONES[1])
    marked = list((shop.home.state / "erased").iterdir())
    assert len(marked) == 3  # members, orders and receipts held the person
    written = {"erased.json.tmp", "swap.json.tmp", "erasures.jsonl"}
    written |= {f"{mark.name}.tmp" for mark in marked}
    cleaned = {p.name for p in shop.home.archive.rglob("*") if p.is_file()}
    assert written | {f"{name}.tmp" for name in cleaned} <= syncs.names
    folders = {shop.home.state, shop.home.state / "erased", shop.home.archive / "crm"}
    assert folders <= set(syncs.paths)  # or the new names would be lost


def test_later_exports_do_not_bring_them_back(shop: Shop) -> None:
    _land(shop)
    person.erase(shop.home, CONTRACTS, member="M1")
    shop.land("crm/crm_member_full_20261101_1.csv", MEMBERS)
    shop.land(MEMBER_FILE, MEMBERS, "gb18030")  # the very same file once more
    shop.land("ec/ec_order_delta_20261101_1.csv", ORDERS.replace("天猫", "京东"))
    shop.ingest()
    assert shop.rows("select count(*) from bronze.crm_member where member_no = 'M1'") == [(0,)]
    assert shop.rows("select count(phone_key) from bronze.ec_order") == [(4,)]
    assert PHONES[1] not in _everything(shop)
    rotate.rotate(shop.home, CONTRACTS)
    shop.land("crm/crm_member_full_20261102_1.csv", MEMBERS)
    shop.ingest()
    assert shop.rows("select count(*) from bronze.crm_member where member_no = 'M1'") == [(0,)]


def test_merged_members_go_together_and_a_family_phone_stays(shop: Shop) -> None:
    _land(shop)
    shop.land("crm/crm_member_full_20261101_1.csv", MEMBERS + f"M9,某9,{PHONES[0]},金,\n")
    shop.ingest()
    done = person.erase(shop.home, CONTRACTS, member="M0")
    assert done.members == 2  # M3 was merged into it
    left = shop.rows("select distinct member_no from bronze.crm_member order by 1")
    assert left == [("M1",), ("M2",), ("M9",)]
    assert shop.rows("select count(phone_key) from bronze.ec_order") == [(3,)]


@pytest.mark.parametrize("step", [
    "ingest.erase.person.swap.commit", "ingest.bronze.swap.outcomes.write",
    "ingest.erase.originals.clean_original",
])  # fmt: skip
def test_a_killed_erasure_is_finished_by_the_next_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _land(shop)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(step, killed)
        with pytest.raises(KeyboardInterrupt):
            person.erase(shop.home, CONTRACTS, member="M1")
    shop.ingest()
    assert PHONES[1] not in _everything(shop)
    assert shop.rows("select count(*) from bronze.crm_member where member_no = 'M1'") == [(0,)]


def test_what_is_not_there_is_no_error(shop: Shop) -> None:
    assert person.erase(shop.home, CONTRACTS, member="M77").files == 0
    with pytest.raises(ValueError, match="not a whole phone number"):
        person.erase(shop.home, CONTRACTS, phone="138****0000")
    shop.land("strange.csv", f"a,b\n{PHONES[1]},x\n")
    assert person.erase(shop.home, CONTRACTS, phone=PHONES[1]).left == ["strange.csv"]
    assert retry.retry(shop.home, CONTRACTS) == []
    assert not swap.journal(shop.home).exists()
