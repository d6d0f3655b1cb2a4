{#
  Page views of a size that could not be had online: visitors by SKC and day who looked at a size without
  available stock, at the opening of the day, in any place that serves online orders. Bots and staff are out.
#}
with view_ as (
    select distinct  -- a visitor who looks twice a day missed it once
        skc_id, sku_id, event_date, visitor_key
    from {{ ref('fct_event') }}
    where event = 'pdp_view' and not is_bot and not is_staff
        and skc_id is not null and sku_id is not null and visitor_key is not null
),

-- Places that had the size at opening: one more from the day after it came, one less from the day after it went.
point as (
    select sku_id, event_date as day, 0 as places, 1 as is_asked
    from (select distinct sku_id, event_date from view_) as asked  -- many visitors a day
    {% for sign, day in [('', 'stock.valid_from'), ('-', 'stock.valid_to')] -%}
    union all
    select stock.sku_id, {{ hits_add_days(day, 1) }}, {{ sign }}1, 0
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('dim_store') }} as place on stock.store_code = place.store_code
    where stock.avail_units > 0 and (place.location_type in ('dc', 'online') or coalesce(place.can_ship, false))
        and stock.sku_id in (select sku_id from view_) and {{ day }} < date '9999-12-31'
    {% endfor %}
),

opening as (
    select sku_id, day, is_asked, sum(places) over (partition by sku_id order by day nulls last) as places
    from point
)

select view_.skc_id, view_.event_date as day, cast(count(*) as bigint) as size_oos_views
from view_
inner join {{ ref('int_hits__skc') }} as skc on view_.skc_id = skc.skc_id
inner join opening on view_.sku_id = opening.sku_id and view_.event_date = opening.day and opening.is_asked = 1
where opening.places = 0 and (not skc.is_judged or view_.event_date <= skc.row_to)
group by view_.skc_id, view_.event_date
