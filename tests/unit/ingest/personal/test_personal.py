"""Normalisers, masking and the key: nothing personal gets through, the same person stays one."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

import pytest

from ingest.personal import keys, normalise
from tests.unit.ingest.conftest import Shop

NUMBER = "138" + "00000000"  # a made-up number; nobody has it
E164 = "+86" + NUMBER


@pytest.mark.parametrize(
    "text",
    [
        NUMBER, "+86 138-0000-0000", NUMBER + ".0", "１３８００００００００", "0" + NUMBER,
        NUMBER + "/13900000000", NUMBER + " 13900000000", "86138 0000 0000", "'" + NUMBER,
        "0086" + NUMBER, f'="{NUMBER}"', "(138)00000000",
    ],
)  # fmt: skip
def test_every_way_of_writing_a_phone_is_one_phone(text: str) -> None:
    assert normalise.phone(text) == E164


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("138****0000", normalise.MASKED), ("138xxxx0000", normalise.MASKED),
        ("021-62345678", "+862162345678"), ("+1 202 555 0100", "+12025550100"),
        ("12345", normalise.INVALID), ("没有", normalise.INVALID),
        ("1380000000", normalise.INVALID),
    ],
)  # fmt: skip
def test_other_phones(text: str, expected: str) -> None:
    assert normalise.phone(text) == expected


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"请打{NUMBER}", "请打[***]"),
        ("138 0000 0000, 谢谢", "[***], 谢谢"),
        ("写信 someone.x@example.com 好", "写信 [***] 好"),
        ("证件11010519491231002X。", "证件[***]。"),
        ("１３８００００００００", "[***]"),
        ("单号 193068123456789012", "单号 193068123456789012"),
        ("款号 6901230000001", "款号 6901230000001"),
    ],
)
def test_masking_in_text(text: str, masked: str) -> None:
    assert normalise.mask_text(text) == masked


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = keys.load(tmp_path)
    assert keys.load(tmp_path) == key
    assert (tmp_path / "personal.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "personal.key").chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        keys.load(tmp_path)


def test_kinds_and_keys_give_different_hashes() -> None:
    one, other = b"1" * 32, b"2" * 32
    values = {
        keys.hashed(one, "phone", "x"), keys.hashed(one, "account", "x"),
        keys.hashed(other, "phone", "x"),
    }  # fmt: skip
    assert len(values) == 3
    assert keys.hashed(one, "phone", "x") == hmac.digest(one, b"phone:x", "sha256").hex()[:32]


def test_identities_join_across_feeds_and_nothing_personal_is_written(shop: Shop) -> None:
    shop.land(
        "crm/crm_member_full_20261031_1.csv",
        "会员号,姓名,手机,生日,平台昵称,修改时间\n"
        f"M1,王小明,{NUMBER},1990-05-06,nick1,2026-10-01 10:00:00\n"
        "M2,李雷,138****0000,1900-01-01,,2026-10-01 10:00:00\n",
        "gb18030",
    )
    shop.land(
        "ec/ec_order_delta_20261031_1.csv",
        "平台,订单号,收货人,手机,地址,买家ID,备注,市\n"
        f"天猫,1930,王小明,+86 138-0000-0000,某路1号,nick1,请打{NUMBER},致电{NUMBER}\n",
    )
    outcomes = {outcome.feed: outcome for outcome in shop.ingest()}
    assert outcomes["crm_member"].personal == {"masked_phones": 1}
    assert outcomes["ec_order"].personal == {"masked_texts": 1, "found_in_text": 1}
    assert shop.rows(
        "select member_no, m.phone_key = o.phone_key, platform_nick_key = buyer_id_key, "
        "birth_year, birth_month, remark, o.city "
        "from bronze.crm_member m, bronze.ec_order o order by 1"
    ) == [
        ("M1", True, True, 1990, 5, "请打[***]", "致电[***]"),
        ("M2", None, None, None, None, "请打[***]", "致电[***]"),
    ]
    secrets = (NUMBER, "王小明", "某路1号", "nick1")
    for path in [*shop.home.bronze.rglob("*"), *shop.home.quarantine.rglob("*")]:
        if path.suffix == ".json":
            text = json.dumps(json.loads(path.read_text()), ensure_ascii=False)
            assert not any(secret in text for secret in secrets)
    columns = {name for name, *_ in shop.rows("describe bronze.crm_member")}
    assert not columns & {"phone", "member_name", "birthday", "openid", "platform_nick"}


def test_an_identifier_that_is_a_phone_becomes_a_token(shop: Shop) -> None:
    shop.land(
        "pos/pos_receipt_delta_20261031_S1.csv",
        f"店仓代码,小票号,业务日,会员卡号\nS1,1,2026-10-31,{NUMBER}\n",
    )
    shop.ingest()
    ((member,),) = shop.rows("select member_no from bronze.pos_receipt")
    assert member.startswith("p") and NUMBER not in member
