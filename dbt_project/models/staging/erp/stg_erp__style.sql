-- Styles: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_style') }}
    {{ latest_version(['style_code'], ['modified_at']) }}
)

select
    coalesce(style_map.new_code, latest.style_code) as style_id,
    latest.style_name,
    latest.brand,
    latest.year as season_year,
    latest.season,
    latest.band,
    latest.category_l1,
    latest.category_l2,
    latest.category_l3,
    latest.gender,
    latest.series,
    latest.look,
    latest.fabric,
    latest.composition,
    latest.fit,
    latest.tag_price,
    latest.cost_price,
    latest.size_group,
    latest.supplier_code,
    latest.planned_launch,
    latest.planned_pull_off,
    latest.is_carry_over,
    latest.status,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('style', 'latest.style_code', 'style_map') }}
-- Codes that were merged into one another give one row: the one under the code that counts.
qualify row_number() over (
    partition by coalesce(style_map.new_code, latest.style_code)
    order by
        case when latest.style_code = coalesce(style_map.new_code, latest.style_code) then 0 else 1 end nulls last,
        latest._file_date desc nulls last, latest.style_code nulls last
) = 1
