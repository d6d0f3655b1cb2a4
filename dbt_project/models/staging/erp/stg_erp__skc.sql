-- Style-colours: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_skc') }}
    {{ latest_version(['style_code', 'color_code']) }}
)

select
    coalesce(split_part(skc_map.new_code, '/', 1), style_map.new_code, latest.style_code) as style_id,
    coalesce(split_part(skc_map.new_code, '/', 2), latest.color_code) as color_code,
    coalesce(
        skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code
    ) as skc_id,
    latest.color_name,
    latest.color_family,
    latest.image,
    latest.first_image_date,
    latest.status,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('style', 'latest.style_code', 'style_map') }}
{{ map_join('skc', "coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code", 'skc_map') }}
-- Codes that were merged into one another give one row: the one under the code that counts.
qualify row_number() over (
    partition by coalesce(skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code)
    order by
        case when latest.style_code || '/' || latest.color_code = coalesce(skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code) then 0 else 1 end nulls last,
        latest._file_date desc nulls last, latest.style_code || '/' || latest.color_code nulls last
) = 1
