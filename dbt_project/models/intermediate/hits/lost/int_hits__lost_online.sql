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

-- By the day of sale and the day it became known. Every SKC of the category counts, hit row or not.
change as (
    select
        coalesce(skc.category_l3, '-') as category_l3,
        line.sale_date,
        line.post_date,
        sum(line.units) as units
    from (
        select skc_id, sale_date, sale_date as post_date, sale_units as units
        from {{ ref('fct_sale_line') }}
        where channel_group = 'online' and not is_presale and not is_excluded and not is_gift
        union all
        select skc_id, sale_date, greatest(cancelled_date, sale_date), -cancel_units
        from {{ ref('fct_sale_line') }}
        where channel_group = 'online' and not is_presale and not is_excluded and not is_gift
            and cancelled_date is not null
    ) as line
    inner join {{ ref('dim_skc') }} as skc on line.skc_id = skc.skc_id
    group by coalesce(skc.category_l3, '-'), line.sale_date, line.post_date
),

sold as (
    select day.category_l3, day.day, sum(change.units) as units
    from day
    inner join change
        on day.category_l3 = change.category_l3
        and change.sale_date > {{ hits_add_days('day.day', -14) }} and change.post_date <= day.day
    group by day.category_l3, day.day
),

-- Distinct visitors of each SKC's page by day; bots and staff are out.
page as (
    select skc_id, event_date as day, count(distinct visitor_key) as visitors
    from {{ ref('fct_event') }}
    where event = 'pdp_view' and not is_bot and not is_staff and skc_id is not null and visitor_key is not null
    group by skc_id, event_date
),

visit as (
    select coalesce(skc.category_l3, '-') as category_l3, page.day, sum(page.visitors) as visitors
    from page
    inner join {{ ref('dim_skc') }} as skc on page.skc_id = skc.skc_id
    group by coalesce(skc.category_l3, '-'), page.day
),

visited as (
    select day.category_l3, day.day, sum(visit.visitors) as visitors
    from day
    inner join visit
        on day.category_l3 = visit.category_l3
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
