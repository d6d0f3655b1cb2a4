{#
  Stock at the close of each retail week (of the as-of day in the running one), and what was sold in the 28
  days up to it. Stores by region; the warehouses and online stock are one group without region, set against
  online sales: warehouses serve stores and platforms, so only the whole company's cover is exact.
#}
with week as (
    select distinct  -- one row a week out of one a day
        retail_week, week_start, last_day, days_passed, weeks_ago
    from {{ ref('int_metrics__day') }}
),

bound as (
    select min(date_day) as first_day, max(date_day) as as_of_date from {{ ref('int_metrics__day') }}
),

place as (
    select
        store_code,
        case when location_type in ('dc', 'online') then 'central' else 'store' end as location_group,
        case when location_type not in ('dc', 'online') then region end as region
    from {{ ref('dim_store') }}
),

edge as (
    -- An interval counts from the week that its first day lies in up to, not including, its last one's.
    select store_code, skc_id, valid_from as change_day, onhand_units, avail_units, transit_units
    from {{ ref('fct_stock_interval') }}
    union all
    select store_code, skc_id, valid_to, -onhand_units, -avail_units, -transit_units
    from {{ ref('fct_stock_interval') }}
),

moved as (
    select
        greatest(edge.change_day, bound.first_day) as change_day,
        edge.store_code,
        skc.category_l1,
        sum(edge.onhand_units) as onhand_units,
        sum(edge.avail_units) as avail_units,
        sum(edge.transit_units) as transit_units
    from edge
    cross join bound
    left join {{ ref('dim_skc') }} as skc on skc.skc_id = edge.skc_id
    where edge.change_day <= bound.as_of_date
    group by greatest(edge.change_day, bound.first_day), edge.store_code, skc.category_l1
),

change as (
    select
        day.retail_week, place.location_group, place.region, moved.category_l1,
        moved.onhand_units, moved.avail_units, moved.transit_units,
        0 as net_units_28d
    from moved
    inner join {{ ref('int_metrics__day') }} as day on day.date_day = moved.change_day
    inner join place on place.store_code = moved.store_code
),

sold as (
    select
        week.retail_week,
        case when sale.channel_group = 'store' then 'store' else 'central' end as location_group,
        sale.region,
        sale.category_l1,
        sum(sale.sale_units - sale.ret_units) as net_units_28d
    from (
        select post_date, channel_group, region, category_l1, sum(sale_units) as sale_units, sum(ret_units) as ret_units
        from {{ ref('int_metrics__sale_change') }}
        where not is_presale
        group by post_date, channel_group, region, category_l1
    ) as sale
    inner join week
        on sale.post_date <= week.last_day and sale.post_date > {{ hits_add_days('week.last_day', -28) }}
    group by 1, 2, 3, 4
),

kind as (
    select location_group, region, category_l1 from change
    union
    select location_group, region, category_l1 from sold
),

filled as (
    select
        week.retail_week, week.week_start, week.last_day, week.weeks_ago,
        kind.location_group, kind.region, kind.category_l1,
        sum(coalesce(change.onhand_units, 0)) as onhand_units,
        sum(coalesce(change.avail_units, 0)) as avail_units,
        sum(coalesce(change.transit_units, 0)) as transit_units
    from week
    cross join kind
    left join change
        on change.retail_week = week.retail_week and change.location_group = kind.location_group
        and coalesce(change.region, '') = coalesce(kind.region, '')
        and coalesce(change.category_l1, '') = coalesce(kind.category_l1, '')
    group by
        week.retail_week, week.week_start, week.last_day, week.weeks_ago, kind.location_group, kind.region,
        kind.category_l1
)

select
    filled.retail_week,
    filled.week_start,
    filled.last_day,
    filled.weeks_ago,
    filled.location_group,
    filled.region,
    filled.category_l1,
    {%- for measure in ['onhand', 'avail', 'transit'] %}
    cast(sum(filled.{{ measure }}_units) over running as bigint) as {{ measure }}_units,
    {%- endfor %}
    cast(sum(filled.avail_units + filled.transit_units) over running as bigint) as supply_units,
    cast(coalesce(sold.net_units_28d, 0) as bigint) as net_units_28d,
    cast(coalesce(sold.net_units_28d, 0) * 0.25 as decimal(18, 2)) as weekly_net_units
from filled
left join sold
    on sold.retail_week = filled.retail_week and sold.location_group = filled.location_group
    and coalesce(sold.region, '') = coalesce(filled.region, '')
    and coalesce(sold.category_l1, '') = coalesce(filled.category_l1, '')
window running as (
    partition by filled.location_group, filled.region, filled.category_l1
    order by filled.week_start nulls last rows between unbounded preceding and current row
)
