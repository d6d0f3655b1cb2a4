-- Known SKUs; two barcodes of one SKU give one row.
select
    sku_id,
    skc_id,
    style_id,
    color_code,
    size_code,
    size_name,
    size_order
from {{ ref('stg_erp__sku') }}
qualify row_number() over (
    partition by sku_id order by coalesce(is_active, true) desc, _file_date desc nulls last, barcode nulls last
) = 1
