"""A member is erased, the next morning publishes, old versions go: no byte of them is left.

Looked at is every file of the home: text in the encodings of retailers, compressed files and
workbooks unpacked, Parquet and DuckDB column by column. Left is the list of keyed hashes that
keeps later exports from bringing the person back.
"""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from ingest.commands.cli import main
from ingest.erase import erased
from serving import prune, versions
from tests.integration.tables import ask

# Someone with a card who bought in a store and online, and whose number nobody else's contains.
PERSON = """
    select member.member_no, member.phone_key from bronze.crm_member as member
    inner join core.fct_sale_line as sale on sale.one_id = 'card:' || member.member_no
    where member.phone_key is not null and member.merged_into is null
    group by member.member_no, member.phone_key having count(distinct sale.source) = 2
    order by length(member.member_no) desc, member.member_no limit 1
"""


def _bytes(path: Path) -> Iterator[bytes]:
    content = path.read_bytes()
    yield content
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def _rows(root: Path) -> Iterator[tuple[str, duckdb.DuckDBPyConnection, str]]:
    """(what, connection, FROM clause) of every Parquet folder and every table of a data file."""
    with duckdb.connect(":memory:") as con:
        for folder in sorted({path.parent for path in root.rglob("*.parquet")}):
            source = f"from read_parquet('{folder}/*.parquet', union_by_name = true)"
            yield folder.relative_to(root).as_posix(), con, source
    seen = set()
    for path in sorted(root.rglob("*.duckdb")):
        if path.stat().st_ino in seen:  # versions of ops hold published ones by hard links
            continue
        seen.add(path.stat().st_ino)
        with duckdb.connect(str(path), read_only=True) as con:
            tables = con.execute(
                "select table_schema, table_name from information_schema.tables "
                "where table_type = 'BASE TABLE'"
            ).fetchall()
            for schema, table in tables:
                where = f"{path.relative_to(root).as_posix()} {schema}.{table}"
                yield where, con, f'from "{schema}"."{table}"'


def _traces(root: Path, needles: set[str]) -> set[str]:
    """Files, folders of Parquet and tables in which one of the texts stands."""
    coded = {n.encode(c) for n in needles for c in ("utf-8", "gb18030", "utf-16-le")}
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
        and any(needle in content for content in _bytes(path) for needle in coded)
    }  # fmt: skip
    pattern = "|".join(sorted(needles))
    for where, con, source in _rows(root):
        texts = [
            f'regexp_matches("{name}", ?)'
            for name, kind, *_ in con.execute(f"describe {source}").fetchall()
            if kind == "VARCHAR"
        ]
        sql = f"select count(*) {source} where {' or '.join(texts)}"
        if texts and con.execute(sql, [pattern] * len(texts)).fetchall() != [(0,)]:
            found.add(where)
    return found


def _written(exports: Path, number: str) -> set[str]:
    """Name and phone of a member as their export has them."""
    for path in sorted(exports.glob("crm/crm_member_full_*.csv"), reverse=True):
        lines = path.read_bytes().decode("gb18030").splitlines()
        heads = lines[0].lstrip("\ufeff").split(",")
        for line in lines[1:]:
            cells = dict(zip(heads, line.split(","), strict=False))
            if cells.get("会员号", "").strip("'\"=") == number:
                return {"".join(c for c in cells["手机"] if c.isdigit())[-11:]}
    raise LookupError(number)


def test_an_erased_member_leaves_no_trace(retailer, exports: Path, capsys) -> None:
    home = retailer.home
    with duckdb.connect(str(home.warehouse), read_only=True) as con:
        ((number, key),) = con.execute(PERSON).fetchall()
    needles = {number, key} | _written(exports, number)
    before = _traces(home.root, needles)
    kinds = {name.split("/")[0] for name in before}
    assert {"archive", "bronze", "published", "warehouse"} <= kinds, before
    sold = "select sum(sale_units), sum(sale_amt) from core.fct_sale_line"
    units, old = ask(home, sold), retailer.current
    capsys.readouterr()
    assert main(["erase", "--member", number]) == 0
    assert not any(needle in capsys.readouterr().out for needle in needles)
    needles |= erased.read(home).keys  # accounts online and in the app
    report = retailer.run()
    assert report.version == retailer.current != old, report.verdict
    prune.prune(home)
    assert old not in versions.names(home)
    assert _traces(home.root, needles) == {"state/erased.json"}
    assert ask(home, sold) == units  # what they bought stays, nameless
