-- SKUs with their place in the size run, and a stub for each unknown barcode.
select
    sku_id,
    skc_id,
    style_id,
    size_code,
    size_name,
    size_order,
    false as is_stub
from {{ ref('int_goods__sku') }}
union all
select
    sku_id,
    sku_id,
    '?',
    cast(null as string),
    cast(null as string),
    cast(null as bigint),
    true
from {{ ref('int_goods__unknown') }}
