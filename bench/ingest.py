"""Ingest of a big POS file against DuckDB's bare ``read_csv`` → Parquet of the same file.

Ours does more with it: finds encoding, delimiter and header, checks every row against the
contract, quarantines, hashes rows, accounts for each line, keeps the original. The ratio says what
that costs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from baokuan.home import Home
from bench.measure import measure, ratio
from ingest.run import ingest_landing

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


def ours() -> dict[str, int]:
    """The whole intake of what lies in landing."""
    (outcome,) = ingest_landing(Home.from_env())
    return {"rows": outcome.rows_kept, "quarantined": outcome.rows_quarantined}


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


def main(size: float) -> int:
    rows = int(1_000_000 * size)
    with tempfile.TemporaryDirectory(prefix="baokuan-bench-") as folder:
        home = Home(Path(folder))
        path = home.landing / "pos" / "pos_receipt_line_delta_202610_1.csv"
        make_file(path, rows)
        megabytes = path.stat().st_size / 1e6
        print(f"  {rows:,} receipt lines, {megabytes:.0f} MB of CSV")
        bare = measure(
            "bench.ingest", "floor", home.root, source=str(path), target=f"{folder}/floor.parquet"
        )
        mine = measure("bench.ingest", "ours", home.root)
    print(bare.line("floor: read_csv → Parquet"))
    print(mine.line("ours: landing → bronze"))
    print(ratio(mine, bare), flush=True)
    if mine.answer["rows"] + mine.answer["quarantined"] != bare.answer["rows"]:
        print(f"  rows differ: ours {mine.answer}, floor {bare.answer}")
        return 1
    return 0
