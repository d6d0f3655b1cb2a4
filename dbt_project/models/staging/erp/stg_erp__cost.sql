-- Monthly unit cost: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_cost') }}
    {{ latest_version(['style_code', 'color_code', 'period'], ['modified_at']) }}
)

select
    coalesce(split_part(skc_map.new_code, '/', 1), style_map.new_code, latest.style_code) as style_id,
    coalesce(split_part(skc_map.new_code, '/', 2), latest.color_code) as color_code,
    coalesce(
        skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code
    ) as skc_id,
    latest.period,
    latest.standard_cost,
    latest.actual_cost,
    latest.currency,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('style', 'latest.style_code', 'style_map') }}
{{ map_join('skc', "coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code", 'skc_map') }}
