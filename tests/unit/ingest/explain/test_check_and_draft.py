"""A file is judged without being loaded; an unknown one gets a contract that loads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.commands.cli import main
from ingest.contract import load_all
from ingest.draft.write import draft
from ingest.explain import check, report
from ingest.read.table import BlockedError
from tests.unit.ingest.conftest import Shop

PHONE = "139" + "87654321"
MESSY = (
    "销售明细表,,,,,,,,\n店仓代码,业务日,小票号,行号,条码,数量,吊牌价,成交额,促销码\n"
    'S1,2026-10-31,1,1,="690",2,"1,299.00",¥99元,\n'
    "S1,20261031,1.9E+15,2,691,(2),1万,8,\n"
    f"S1,2026-10-31,2,x,692,1,10,abc,{PHONE}\n"
    "S1,2026-10-31,3,1,692.0,1,10,12,\n合计,,,,,,,3,\n"
)
NAME = "pos/pos_receipt_line_delta_20261031_S1.csv"


def test_check_tells_what_would_happen_and_touches_nothing(shop: Shop, tmp_path: Path) -> None:
    path = shop.land(NAME, MESSY, "gb18030")
    (one,) = check.check(shop.home, path, load_all())
    found = {(f.what, f.column): f for f in one.findings}
    assert check.summary(one).startswith("2 of 6 rows would be loaded, 2 quarantined, 2 skipped")
    assert found["repaired", "tag_price"].rows == [4] or found["repaired", "tag_price"].rows == [3]
    assert found["quarantined", "receipt_no"].examples == ["1.9E+15"]
    assert "export again as CSV" in found["quarantined", "receipt_no"].remedy
    assert {f.why for f in one.findings if f.what == "repaired" and f.column == "barcode"} == {
        'Excel wrapper ="…" taken off',
        "trailing .0 of an identifier taken off",
    }
    shown = report.text(report.sections_of_check(path, [one]))
    page = report.page("t", report.sections_of_check(path, [one]))
    assert PHONE not in shown + page
    assert path.is_file()
    assert not list(shop.home.outcomes.iterdir())
    assert not list(shop.home.archive.iterdir())
    assert not (tmp_path / "config").exists()  # no key is made for a trial
    (outcome,) = shop.ingest()
    assert (outcome.rows_kept, outcome.rows_quarantined) == (2, 2)


def test_check_says_when_a_file_is_known_or_no_feed(shop: Shop, tmp_path: Path) -> None:
    path = shop.land(NAME, MESSY)
    copy = tmp_path / "pos" / Path(NAME).name
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    shop.ingest()
    (one,) = check.check(shop.home, copy, load_all())
    assert any("loaded already" in note for note in one.notes)
    strange = tmp_path / "what.csv"
    strange.write_text("a,b\n1,2\n")
    (one,) = check.check(shop.home, strange, load_all())
    assert check.summary(one) == "It would not be loaded: no contract matches it."
    assert not check.is_fine([one])


def test_check_and_status_as_pages(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAOKUAN_HOME", str(shop.home.root))
    path = shop.land(NAME, MESSY)
    page, state = tmp_path / "check.html", tmp_path / "status.html"
    assert main(["check", str(path), "--html", str(page)]) == 0
    assert "remedy: export again as CSV" in capsys.readouterr().out
    assert "<script" not in page.read_text() and "src=" not in page.read_text()
    shop.ingest()
    shop.land("pos/pos_staff_full_20261031_1.csv", "工号,<b>\n")
    shop.ingest()
    main(["status", "--html", str(state)])
    assert "pos_receipt_line" in state.read_text() and "<b>" not in state.read_text()


FOREIGN = (
    "Umsatzliste Oktober\n\n"
    "Filiale;Bon;ShopID;ReceiptNo;SoldAt;EAN;Quantity;LineTotal;Mobile\n"
    + "".join(
        f"x;y;F{i % 3};{i // 2};{1 + i % 28:02d}/10/2026 12:0{i % 6}:00;"
        f"40000000{i:05d};{1 + i % 3};{i},50;{PHONE[:7]}{i:04d}\n"
        for i in range(40)
    )
)


def test_a_draft_of_a_strange_file_finds_its_columns(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "acme" / "bons_20261031.csv"
    path.parent.mkdir()
    path.write_text(FOREIGN.replace(",50;", ".50;"), encoding="utf-16")
    text = draft(path)
    assert PHONE[:7] not in text
    assert "\nfeed: pos_receipt" in text and 'delimiter: ";"' in text and "order: dmy" in text
    assert 'match: {path: "acme/bons_*.csv"}' in text
    contracts = tmp_path / "contracts"
    contracts.mkdir()
    (contracts / "acme.yml").write_text(text, encoding="utf-8")
    (mine,) = [c for c in load_all(contracts) if c.source == "acme"]
    (one,) = check.check(shop.home, path, [mine])
    assert one.outcome.rows_kept == 40


def test_a_draft_names_personal_and_biometric_columns(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    rows = "".join(f"M{i},王小明,{PHONE[:9]}{i},{i},1,2\n" for i in range(10, 30))
    path.write_text("会员号,姓名,手机,人脸特征,等级,x\n" + rows)
    text = draft(path)
    assert "# Personal data: 姓名 (name), 手机 (phone)." in text
    assert "# Biometric data: 人脸特征." in text
    assert "王小明" not in text and PHONE[:9] not in text


def test_nothing_to_draft_from(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    with pytest.raises(BlockedError, match="0 bytes"):
        draft(path)
    path.write_text("a,b\n")
    with pytest.raises(BlockedError, match="no table"):
        draft(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="no feed is called 'x'"):
        draft(path, "x")


def test_biometric_columns_are_refused(shop: Shop, tmp_path: Path) -> None:
    shop.land("crm/crm_member_full_20261031_1.csv", "会员号,等级,人脸特征\nM1,金,abc\n")
    outcome = shop.one()
    assert (outcome.status, outcome.reason) == ("blocked", "biometric data in column 人脸特征")
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "x.yml").write_text(
        "feed: crm_member\nsource: x\nmatch: {path: x}\ncolumns:\n"
        "  member_no: {from: [fingerprint_id]}\n"
    )
    with pytest.raises(ValueError, match=r"x.yml:5: 'fingerprint_id' speaks of biometric data"):
        load_all(folder)


def test_biometric_templates_in_text_are_masked(shop: Shop) -> None:
    vector = " ".join(f"0.{i}" for i in range(100, 200))
    blob = "QUJD" * 80
    shop.land(
        "ec/ec_order_delta_20261031_1.csv",
        f"平台,订单号,店铺,备注\n天猫,1,{blob},看 {vector}\n",
    )
    shop.ingest()
    assert shop.rows("select shop, remark from bronze.ec_order") == [("[***]", "看 [***]")]


LOOKING = """
feed: pos_receipt_line
source: acme
match: {path: "acme/sales*.csv"}
steps:
  - lookup: {name: item, file: "acme/items*.csv", on: {article: article}}
columns:
  store_code: {from: [shop]}
  biz_date:   {from: [day]}
  receipt_no: {from: [ticket]}
  line_no:    {ordinal: [receipt_no]}
  barcode:    {from: [item.ean]}
  qty:        {from: [pieces]}
  sale_amt:   {expr: "as_number(pieces) * as_number(item.price)"}
"""


def test_check_reads_look_ups_from_what_landed_and_from_beside(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "acme.yml").write_text(LOOKING)
    contracts = [c for c in load_all(folder) if c.source == "acme"]
    path = tmp_path / "acme" / "sales_20261031.csv"
    path.parent.mkdir()
    path.write_text("shop,day,ticket,article,pieces\nS1,2026-10-31,1,A,2\nS1,2026-10-31,1,B,1\n")
    (one,) = check.check(shop.home, path, contracts)
    assert one.outcome.remedy == "put it beside this file, or land it"
    items = path.with_name("items.csv")
    items.write_text("article,ean,price\nA,6901,10\nB,6902,5\n")
    (one,) = check.check(shop.home, path, contracts)
    assert check.summary(one).startswith("2 of 2 rows would be loaded")
    assert not list(shop.home.outcomes.iterdir()) and not list(shop.home.landing.iterdir())
    (itself,) = check.check(shop.home, items, contracts)
    assert check.summary(itself) == ("It would be kept for look-ups only: read by look-up 'item'.")
    shop.land("acme/items.csv", items.read_text())
    items.unlink()
    (one,) = check.check(shop.home, path, contracts)
    assert one.outcome.rows_kept == 2
