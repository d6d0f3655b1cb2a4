-- Known barcodes: those of the SKU file, and old barcodes that the retailer mapped to new ones.
with listed as (
    select
        barcode,
        sku_id,
        skc_id,
        style_id
    from {{ ref('stg_erp__sku') }}
),

mapped as (
    select
        code_map.old_code as barcode,
        listed.sku_id,
        listed.skc_id,
        listed.style_id
    from {{ ref('stg_config__code_map') }} as code_map
    inner join listed on listed.barcode = code_map.new_code
    where code_map.kind = 'barcode'
)

select
    barcode,
    sku_id,
    skc_id,
    style_id
from mapped
union all
select
    listed.barcode,
    listed.sku_id,
    listed.skc_id,
    listed.style_id
from listed
left join mapped on mapped.barcode = listed.barcode
where mapped.barcode is null
