-- Price list: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_price') }}
    {{ latest_version(['price_list', 'style_code', 'color_code', 'valid_from'], ['modified_at']) }}
)

select
    latest.price_list,
    coalesce(split_part(skc_map.new_code, '/', 1), style_map.new_code, latest.style_code) as style_id,
    coalesce(split_part(skc_map.new_code, '/', 2), latest.color_code) as color_code,
    coalesce(
        skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code
    ) as skc_id,
    latest.valid_from,
    latest.valid_to,
    latest.tag_price,
    latest.retail_price,
    latest.region,
    latest.channel,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('style', 'latest.style_code', 'style_map') }}
{{ map_join('skc', "coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code", 'skc_map') }}
