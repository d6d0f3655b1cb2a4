-- Assortment plan: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_assortment') }}
    {{ latest_version(['season', 'style_code', 'color_code', 'store_code']) }}
)

select
    latest.season,
    coalesce(split_part(skc_map.new_code, '/', 1), style_map.new_code, latest.style_code) as style_id,
    coalesce(split_part(skc_map.new_code, '/', 2), latest.color_code) as color_code,
    coalesce(
        skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code
    ) as skc_id,
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.first_units,
    latest.target_stores,
    latest.climate_zone,
    latest.shelf_from,
    latest.shelf_to,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('style', 'latest.style_code', 'style_map') }}
{{ map_join('skc', "coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code", 'skc_map') }}
{{ map_join('store', 'latest.store_code', 'store_map') }}
