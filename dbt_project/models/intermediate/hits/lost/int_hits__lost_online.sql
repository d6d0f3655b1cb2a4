{#
  Pieces lost online, before substitution: views of sizes that could not be had, times the category's organic
  online pieces for each page visitor and day over 14 days, as known on the day. Not in the first days after
  launch.
#}
with missed as (
    select oos.skc_id, oos.day, oos.size_oos_views, skc.category_l3
    from {{ ref('int_hits__size_oos') }} as oos
    inner join {{ ref('int_hits__skc') }} as skc on oos.skc_id = skc.skc_id
    cross join {{ ref('int_hits__config') }} as config
    where skc.launch_date is null
        or oos.day >= {{ hits_add_days('skc.launch_date', 'config.lost_first_days') }}
),

-- By the day of sale and the day it became known. Every SKC of the category counts, hit row or not.
change as (
    select
        skc.category_l3,
        line.sale_date,
        line.post_date,
        sum(line.units) as units
    from (
        select skc_id, sale_date, sale_date as post_date, sale_units as units
        from {{ ref('int_hits__sold') }}
        where channel_group = 'online' and not is_presale
        union all
        select skc_id, sale_date, post_date, -cancel_units
        from {{ ref('int_hits__cancelled') }}
    ) as line
    inner join {{ ref('int_hits__category') }} as skc on line.skc_id = skc.skc_id
    group by skc.category_l3, line.sale_date, line.post_date
),

-- What counts within 14 days: from the day it became known until 14 days after it happened.
flow as (
    select category_l3, post_date as day, units, 0 as visitors
    from change
    where post_date < {{ hits_add_days('sale_date', 14) }}
    union all
    select category_l3, {{ hits_add_days('sale_date', 14) }}, -units, 0
    from change
    where post_date < {{ hits_add_days('sale_date', 14) }}
    union all
    select skc.category_l3, page.day, 0, page.visitors
    from {{ ref('int_hits__page') }} as page
    inner join {{ ref('int_hits__category') }} as skc on page.skc_id = skc.skc_id
    union all
    select skc.category_l3, {{ hits_add_days('page.day', 14) }}, 0, -page.visitors
    from {{ ref('int_hits__page') }} as page
    inner join {{ ref('int_hits__category') }} as skc on page.skc_id = skc.skc_id
    union all
    select distinct category_l3, day, 0, 0 from missed  -- many SKCs a category
),

rate as (
    select
        category_l3,
        day,
        sum(sum(units)) over (partition by category_l3 order by day nulls last) as units,
        sum(sum(visitors)) over (partition by category_l3 order by day nulls last) as visitors
    from flow
    group by category_l3, day
)

select
    missed.skc_id,
    missed.day,
    cast(missed.size_oos_views * greatest(cast(rate.units as double), 0) / nullif(rate.visitors, 0) as decimal(28, 12)) as units
from missed
inner join rate on missed.category_l3 = rate.category_l3 and missed.day = rate.day and rate.visitors > 0
