-- SKUs: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_sku') }}
    {{ latest_version(['barcode']) }}
)

select
    latest.barcode,
    coalesce(split_part(skc_map.new_code, '/', 1), style_map.new_code, latest.style_code) as style_id,
    coalesce(split_part(skc_map.new_code, '/', 2), latest.color_code) as color_code,
    coalesce(
        skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code
    ) as skc_id,
    latest.size_code,
    coalesce(
        skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code
    ) || '/' || latest.size_code as sku_id,
    latest.size_name,
    latest.size_order,
    latest.gtin,
    latest.is_active,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('style', 'latest.style_code', 'style_map') }}
{{ map_join('skc', "coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code", 'skc_map') }}
