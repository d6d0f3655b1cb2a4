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

stocked as (
    select stock.sku_id, stock.valid_from, stock.valid_to
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('dim_store') }} as place on stock.store_code = place.store_code
    where stock.avail_units > 0 and (place.location_type in ('dc', 'online') or coalesce(place.can_ship, false))
        and stock.sku_id in (select sku_id from view_)
),

had as (
    select distinct view_.sku_id, view_.event_date  -- several places may have it
    from view_
    inner join stocked
        on view_.sku_id = stocked.sku_id
        and stocked.valid_from < view_.event_date and stocked.valid_to >= view_.event_date
)

select view_.skc_id, view_.event_date as day, cast(count(*) as bigint) as size_oos_views
from view_
inner join {{ ref('int_hits__skc') }} as skc on view_.skc_id = skc.skc_id
left join had on view_.sku_id = had.sku_id and view_.event_date = had.event_date
where had.sku_id is null and (not skc.is_judged or view_.event_date <= skc.row_to)
group by view_.skc_id, view_.event_date
