-- Style-colours with the attributes of their style, the launch date and the cycle.
with named as (
    select skc_id, style_id, color_code from {{ ref('stg_erp__skc') }}
    union
    select skc_id, style_id, color_code from {{ ref('int_goods__sku') }}
    union
    select skc_id, style_id, color_code from {{ ref('stg_erp__assortment') }}
),

every as (
    select skc_id, style_id, color_code, false as is_unknown from named
    union all
    select sku_id, '?', cast(null as string), true from {{ ref('int_goods__unknown') }}
),

size_run as (
    select
        skc_id,
        cast(count(*) as bigint) as size_count
    from {{ ref('int_goods__sku') }}
    group by skc_id
),

run as (
    select as_of_date from {{ source('bronze', '_run') }}
)

select
    every.skc_id,
    every.style_id,
    every.color_code,
    skc.color_name,
    skc.color_family,
    style.style_name,
    style.brand,
    style.season_year,
    style.season_code,
    style.season_name,
    style.band,
    style.category_l1,
    style.category_l2,
    style.category_l3,
    style.gender,
    style.size_group,
    style.supplier_code,
    coalesce(style.is_carry_over, false) as is_carry_over,
    style.planned_launch,
    style.planned_pull_off,
    case when every.is_unknown then 1 else coalesce(size_run.size_count, 0) end as size_count,
    case when coalesce(launch.is_unknown, false) then cast(null as date)
        else coalesce(launch.manual_date, launch.reached_on, launch.online_date, launch.sold_date)
    end as launch_date,
    case
        when coalesce(launch.is_unknown, false) then cast(null as string)
        when launch.manual_date is not null then 'manual'
        when launch.reached_on is not null then 'distribution'
        when launch.online_date is not null then 'online'
        when launch.sold_date is not null then 'first_sale'
    end as launch_source,
    case
        when coalesce(launch.is_unknown, false) then 'launch_unknown'
        when coalesce(launch.manual_date, launch.reached_on, launch.online_date, launch.sold_date)
            <= run.as_of_date then 'ok'
        else 'pre_launch'
    end as launch_status,
    coalesce(launch.cycle_no, 1) as cycle_no,
    skc.image,
    every.is_unknown or skc.skc_id is null as is_stub
from every
cross join run
left join {{ ref('stg_erp__skc') }} as skc on skc.skc_id = every.skc_id
left join {{ ref('dim_style') }} as style on style.style_id = every.style_id
left join size_run on size_run.skc_id = every.skc_id
left join {{ ref('int_goods__launch') }} as launch on launch.skc_id = every.skc_id
