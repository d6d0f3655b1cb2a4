-- Styles with the season read from what was typed: 25AW, 2025秋, or 秋 with the year beside it.
with read as (
    select
        style_id,
        season,
        coalesce(
            season_year,
            try_cast(substr(season, 1, 4) as bigint),
            2000 + try_cast(substr(season, 1, 2) as bigint)
        ) as season_year,
        case
            when upper(season) like '%AW%' or upper(season) like '%FW%'
                or season like '%秋%' or season like '%冬%' then 'AW'
            when upper(season) like '%SS%' or season like '%春%' or season like '%夏%' then 'SS'
        end as season_code
    from {{ ref('stg_erp__style') }}
)

select
    style.style_id,
    style.style_name,
    style.brand,
    cast(read.season_year as bigint) as season_year,
    read.season_code,
    cast(read.season_year as string) || read.season_code as season_name,
    style.band,
    style.category_l1,
    style.category_l2,
    style.category_l3,
    style.gender,
    style.series,
    style.size_group,
    style.supplier_code,
    coalesce(style.is_carry_over, false) as is_carry_over,
    style.planned_launch,
    style.planned_pull_off,
    style.tag_price,
    style.status
from {{ ref('stg_erp__style') }} as style
inner join read on read.style_id = style.style_id
