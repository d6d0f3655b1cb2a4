"""The floor: store sales, store returns and stock by hand, from the demo's export files in one go.

What somebody would write who knows these files by heart, trusts them, and needs no contracts, no
masking, no gates, no history of versions, no indicators. Its tables must equal ours, or the
comparison would be with something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

WIDE, NARROW = "０１２３４５６７８９．－", "0123456789.-"

# An id as spreadsheets leave it: ="690…", '690…, 690….0
ID = "regexp_replace(regexp_replace(trim({0}), '^=?[''\"]?|[\"]?$', '', 'g'), '\\.0$', '')"
NUMBER = f"translate(regexp_replace(trim({{0}}), '[¥,元]', '', 'g'), '{WIDE}', '{NARROW}')"
MONEY = f"({NUMBER})::decimal(18,2)"
UNITS = f"({NUMBER})::decimal(18,4)::bigint"
DAY = (
    "coalesce(try_cast({0} as date), try_strptime({0}, '%Y/%-m/%-d')::date, "
    "try_strptime({0}, '%Y%m%d')::date, try_strptime({0}, '%Y年%-m月%-d日')::date)"
)

TABLES = {
    "sku": """
        select distinct barcode, first_value(style || '/' || color || '/' || size) over (
            partition by barcode order by file desc) as sku_id
        from (select {ID:条码} as barcode, 款号 as style, 颜色代码 as color, 尺码代码 as size, file
              from sku_raw)
    """,
    "receipt": """
        select {ID:店仓代码} as store_code, {DAY:业务日} as biz_date, 小票号 as receipt_no,
            作废 = '是' as is_void
        from receipt_raw
        qualify row_number() over (partition by 1, 2, 3 order by 上传时间 desc, file desc) = 1
    """,
    "line": """
        select 店仓代码 as store_code, {DAY:业务日} as biz_date, 小票号 as receipt_no,
            {UNITS:行号} as line_no, {ID:条码} as barcode, {UNITS:数量} as qty,
            赠品 = '是' as is_gift, {MONEY:成交额} as sale_amt
        from line_raw
        where 条码 not like '%E+%'
        qualify row_number() over (
            partition by 店仓代码, biz_date, 小票号, line_no order by 上传时间 desc, file desc) = 1
    """,
    "sale": """
        select store_code || '|' || biz_date || '|' || receipt_no as order_id, line_no, store_code,
            coalesce(sku_id, '?/' || barcode) as sku_id, biz_date as sale_date,
            case when is_gift then 0 else qty end as sale_units, sale_amt
        from line left join sku using (barcode)
        left join receipt using (store_code, biz_date, receipt_no)
        where qty > 0 and not coalesce(is_void, false)
    """,
    "comeback": """
        select store_code, coalesce(sku_id, '?/' || barcode) as sku_id, biz_date as post_date,
            sum(-qty)::bigint as ret_units, sum(-sale_amt)::decimal(18,2) as ret_amt
        from line left join sku using (barcode)
        left join receipt using (store_code, biz_date, receipt_no)
        where qty < 0 and not coalesce(is_void, false)
        group by all
    """,
    "move": """
        select 单号 as doc_no, 行号 as line_no, nullif(发出店仓, '') as from_store,
            nullif(接收店仓, '') as to_store, {ID:条码} as barcode,
            {UNITS:nullif(发出数, '')} as sent, {UNITS:nullif(接收数, '')} as received,
            nullif(接收时间, '') as received_at, nullif(发出时间, '') as sent_at
        from move_raw
        where 条码 not like '%E+%'
        qualify row_number() over (
            partition by doc_no, {UNITS:行号} order by 修改时间 desc, file desc) = 1
    """,
    "stock": """
        with leg as (
            select from_store as store_code, barcode, -sent as units, 0 as transit from move
            where from_store is not null and sent is not null and sent_at is not null
            union all
            select to_store, barcode, 0, sent from move
            where from_store is not null and to_store is not null and sent is not null
                and sent_at is not null
            union all
            select to_store, barcode, received,
                case when from_store is null then 0 else -coalesce(sent, received) end
            from move
            where to_store is not null and received is not null
                and coalesce(received_at, sent_at) is not null
        )
        select store_code, coalesce(sku_id, '?/' || barcode) as sku_id,
            sum(units)::bigint as onhand_units, sum(transit)::bigint as transit_units
        from leg left join sku using (barcode)
        group by all
        having sum(units) <> 0 or sum(transit) <> 0
    """,
}
FILES = {
    "sku_raw": "erp/erp_sku_",
    "receipt_raw": "pos/pos_receipt_delta_",
    "line_raw": "pos/pos_receipt_line_",
    "move_raw": "erp/erp_stock_move_",
}
SPELLINGS = {"ID": ID, "MONEY": MONEY, "UNITS": UNITS, "DAY": DAY}

# table of the floor → (its rows, the same rows of what is published)
SAME = {
    "sale": (
        "select * from sale",
        "select order_id, line_no, store_code, sku_id, sale_date, sale_units, sale_amt "
        "from ours.core.fct_sale_line where source = 'pos'",
    ),
    "comeback": (
        "select * from comeback",
        "select return_store_code, sku_id, post_date, sum(ret_units)::bigint, "
        "sum(ret_amt)::decimal(18,2) from ours.core.fct_return_line where source = 'pos' "
        "group by all",
    ),
    "stock": (
        "select * from stock",
        "select store_code, sku_id, onhand_units, transit_units from ours.core.fct_stock_interval "
        "where valid_to = date '9999-12-31' and (onhand_units <> 0 or transit_units <> 0)",
    ),
}


def build(landing: str, scratch: str, target: str) -> dict[str, int]:
    """Read the exports, write the tables; rows by table."""
    con = duckdb.connect(target)
    try:
        for table, prefix in FILES.items():
            paths = decoded(sorted(Path(landing).glob(f"{prefix}*")), Path(scratch) / table)
            con.execute(
                f"create temp table {table} as select *, "
                "regexp_extract(filename, '([^/]+)$', 1) as file from read_csv(?, all_varchar = "
                "true, header = true, union_by_name = true, filename = true, quote = '\"')",
                [paths],
            )
        for table, sql in TABLES.items():
            con.execute(f"create table {table} as {spelled(sql)}")
        return {
            table: con.execute(f"select count(*) from {table}").fetchall()[0][0] for table in SAME
        }
    finally:
        con.close()


def decoded(paths: Iterable[Path], folder: Path) -> list[str]:
    """UTF-8 copies, because read_csv is slow on GB18030; files without a row are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for path in paths:
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("gb18030")
        if text.count("\n") > 1:
            copy = folder / path.name
            copy.write_text(text, encoding="utf-8")
            found.append(str(copy))
    return found


def spelled(sql: str) -> str:
    """``{MONEY:成交额}`` becomes the expression that reads such a value."""

    def expression(match: re.Match[str]) -> str:
        return SPELLINGS[match[1]].replace("{0}", match[2])

    return re.sub(r"\{([A-Z]+):([^}]+)\}", expression, sql)


def differences(floor: Path, published: Path) -> dict[str, int]:
    """Rows that only one side has, by table."""
    con = duckdb.connect(str(floor), read_only=True)
    try:
        con.execute(f"attach '{published}' as ours (read_only)")
        found = {}
        for table, (mine, theirs) in SAME.items():
            both = f"(({mine}) except all ({theirs})) union all (({theirs}) except all ({mine}))"
            found[table] = con.execute(f"select count(*) from ({both})").fetchall()[0][0]
        return found
    finally:
        con.close()
