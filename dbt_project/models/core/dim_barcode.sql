-- Barcodes, mapped old ones and unknown ones included.
select
    barcode,
    sku_id
from {{ ref('int_goods__barcode') }}
union all
select
    barcode,
    sku_id
from {{ ref('int_goods__unknown') }}
