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

day as (
    select distinct category_l3, day from missed  -- many SKCs a category
),

sold as (
    select day.category_l3, day.day, sum(event.gross_units) as units
    from day
    inner join {{ ref('int_hits__skc') }} as skc on day.category_l3 = skc.category_l3
    inner join {{ ref('int_hits__sale_event') }} as event
        on skc.skc_id = event.skc_id
        and event.channel_group = 'online' and not event.is_presale
        and event.sale_date > {{ hits_add_days('day.day', -14) }} and event.post_date <= day.day
        and event.sale_date <= day.day
    group by day.category_l3, day.day
),

visited as (
    select day.category_l3, day.day, sum(visit.visitors) as visitors
    from day
    inner join {{ ref('int_hits__skc') }} as skc on day.category_l3 = skc.category_l3
    inner join {{ ref('int_hits__visit_day') }} as visit
        on skc.skc_id = visit.skc_id
        and visit.day > {{ hits_add_days('day.day', -14) }} and visit.day <= day.day
    group by day.category_l3, day.day
)

select
    missed.skc_id,
    missed.day,
    cast(missed.size_oos_views * greatest(cast(coalesce(sold.units, 0) as double), 0) / visited.visitors as decimal(28, 12)) as units
from missed
inner join visited on missed.category_l3 = visited.category_l3 and missed.day = visited.day
left join sold on missed.category_l3 = sold.category_l3 and missed.day = sold.day
