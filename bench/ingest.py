"""Ingest of a big POS file against DuckDB's bare ``read_csv`` → Parquet of the same file.

Ours does more with it: finds encoding, delimiter and header, checks every row against the
contract, looks for personal data in texts, quarantines, hashes rows, accounts for each line, keeps
the original, logs what changed. The ratio says what that costs. Both tables must hold the same.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb

from baokuan.home import Home
from bench.measure import measure, ratio
from ingest.load.run import ingest_landing

FILE = "pos/pos_receipt_line_delta_202610_1.csv"
COLUMNS = {
    "店仓代码": "'S' || lpad((i % 60)::varchar, 3, '0')",
    "业务日": "(date '2026-01-01' + (i % 300)::int)::varchar",
    "小票号": "'R' || lpad((i // 3)::varchar, 10, '0')",
    "行号": "i % 3 + 1",
    "条码": "(6900000000000 + i % 12000)::varchar",
    "款号": "'ST' || lpad((i % 800)::varchar, 5, '0')",
    "颜色": "'C' || (i % 9)::varchar",
    "尺码": "['S', 'M', 'L', 'XL'][i % 4 + 1]",
    "数量": "case when i % 40 = 0 then -1 else 1 + (i % 17 = 0)::int end",
    "吊牌价": "(199 + i % 800)::decimal(18, 2)",
    "成交价": "(159 + i % 640)::decimal(18, 2)",
    "成交额": "((159 + i % 640) * case when i % 40 = 0 then -1 else 1 + (i % 17 = 0)::int end)"
    "::decimal(18, 2)",
    "券额": "(i % 20)::decimal(18, 2)",
    "促销码": "case when i % 11 = 0 then 'P' || (i % 50)::varchar else '' end",
    "赠品": "case when i % 97 = 0 then '是' else '否' end",
    "导购工号": "'G' || (i % 400)::varchar",
    "上传时间": "strftime(timestamp '2026-01-01' + interval 1 second * (i % 25000000), "
    "'%Y-%m-%d %H:%M:%S')",
}
TYPES = {
    "业务日": "DATE", "行号": "BIGINT", "数量": "BIGINT", "吊牌价": "DECIMAL(18,2)",
    "成交价": "DECIMAL(18,2)", "成交额": "DECIMAL(18,2)", "券额": "DECIMAL(18,2)",
    "上传时间": "TIMESTAMP",
}  # fmt: skip


def make_file(path: Path, rows: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = ", ".join(f'{sql} as "{name}"' for name, sql in COLUMNS.items())
    duckdb.sql(
        f"copy (select {listed} from range({rows}) t(i)) to '{path}' (header, delimiter ',')"
    )


# Our column → the same in the floor's table.
SAME = {
    "store_code": "店仓代码", "biz_date": "业务日", "receipt_no": "小票号", "line_no": "行号",
    "barcode": "条码", "style_code": "款号", "color_code": "颜色", "size_code": "尺码",
    "qty": "数量",
    "tag_price": "吊牌价", "unit_price": "成交价::decimal(18, 4)", "sale_amt": "成交额",
    "coupon_amt": "券额", "promo_code": "nullif(促销码, '')", "is_gift": "赠品 = '是'",
    "staff_code": "导购工号", "uploaded_at": "上传时间",
}  # fmt: skip


def ours() -> dict[str, int | str]:
    """The whole intake of what lies in landing."""
    (outcome,) = ingest_landing(Home.from_env())
    return {
        "rows": outcome.rows_kept,
        "quarantined": outcome.rows_quarantined,
        "status": outcome.status,
        "bronze": outcome.bronze_path or "",
    }


def floor(source: str, target: str) -> dict[str, int]:
    """Declared columns, one statement, no checks."""
    types = ", ".join(f"'{n}': '{TYPES.get(n, 'VARCHAR')}'" for n in COLUMNS)
    duckdb.execute("set preserve_insertion_order = false")
    duckdb.execute(
        f"copy (select * from read_csv('{source}', header = true, columns = {{{types}}})) "
        f"to '{target}' (format parquet, compression zstd)"
    )
    count = duckdb.execute(f"select count(*) from read_parquet('{target}')").fetchall()
    return {"rows": count[0][0]}


def fingerprint(path: Path, columns: list[str]) -> tuple[int, int]:
    """Number of rows, and a sum over them that is the same for the same rows in any order."""
    (row,) = duckdb.sql(
        f"select count(*), sum(hash({', '.join(columns)})::hugeint) from read_parquet('{path}')"
    ).fetchall()
    return int(row[0]), int(row[1])


def recode(source: Path, target: Path) -> None:
    """The same file in GB18030."""
    with source.open(encoding="utf-8", newline="") as text, target.open("wb") as file:
        while piece := text.read(8_000_000):
            file.write(piece.encode("gb18030"))


def main(size: float) -> int:
    rows = int(1_000_000 * size)
    failed = False
    with tempfile.TemporaryDirectory(prefix="baokuan-bench-") as folder:
        home, other = Home(Path(folder, "utf8")), Home(Path(folder, "gb18030"))
        path, target = home.landing / FILE, Path(folder, "floor.parquet")
        make_file(path, rows)
        (other.landing / FILE).parent.mkdir(parents=True)
        recode(path, other.landing / FILE)
        print(f"  {rows:,} receipt lines, {path.stat().st_size / 1e6:.0f} MB of CSV")
        bare = measure("bench.ingest", "floor", home.root, source=str(path), target=str(target))
        print(bare.line("floor: read_csv → Parquet"), flush=True)
        wanted = fingerprint(target, list(SAME.values()))
        for title, one in (("UTF-8", home), ("GB18030", other)):
            mine = measure("bench.ingest", "ours", one.root)
            print(mine.line(f"ours: landing → bronze, {title}"))
            print(ratio(mine, bare))
            print(f"  throughput {bare.seconds / mine.seconds:.2f} of the floor's", flush=True)
            found = fingerprint(one.root / mine.answer["bronze"], list(SAME))
            print(f"  tables are {'the same' if found == wanted else 'DIFFERENT'}")
            failed |= found != wanted
        (kept,) = home.archive.rglob("*.csv")
        shutil.copyfile(kept, path)
        again = measure("bench.ingest", "ours", home.root)
        print(again.line("ours: the known file again"))
        failed |= again.answer["status"] != "duplicate"
    return int(failed)
