{#
  Spans of days on which a store counts as stocked with an SKC: available stock at opening (the close of
  the day before) or a sale that day, selling at zero stock included; from launch, while the store is open.
#}
with sold as (
    select distinct  -- several lines a day
        touched.skc_id, event.store_code, event.sale_date
    from {{ ref('int_hits__sale_event') }} as event
    inner join {{ ref('int_hits__touched') }} as touched on event.skc_id = touched.skc_id
    inner join {{ ref('int_hits__store') }} as store on event.store_code = store.store_code
    where touched.calc_from <= touched.row_to
        and event.channel_group = 'store'
        and event.gross_units > 0
        and event.sale_date > {{ hits_add_days('touched.calc_from', -16) }}
        and event.sale_date <= touched.row_to
),

change as (
    select skc_id, store_code, {{ hits_add_days('day_from', 1) }} as day, 1 as opened, 0 as sold
    from {{ ref('int_hits__store_span') }}
    where avail > 0
    union all
    select skc_id, store_code, {{ hits_add_days('day_to', 1) }} as day, -1 as opened, 0 as sold
    from {{ ref('int_hits__store_span') }}
    where avail > 0
    union all
    select skc_id, store_code, sale_date, 0, 1 from sold
    union all
    select skc_id, store_code, {{ hits_add_days('sale_date', 1) }}, 0, -1 from sold
),

span as (
    {{ hits_spans('change', ['skc_id', 'store_code'], ['opened', 'sold']) }}
)

select
    span.skc_id,
    span.store_code,
    greatest(span.day_from, store.open_from, coalesce(skc.launch_date, skc.cycle_from)) as day_from,
    least(span.day_to, store.open_to) as day_to
from span
inner join {{ ref('int_hits__store') }} as store on span.store_code = store.store_code
inner join {{ ref('int_hits__skc') }} as skc on span.skc_id = skc.skc_id
where (span.opened > 0 or span.sold > 0)
    and greatest(span.day_from, store.open_from, coalesce(skc.launch_date, skc.cycle_from))
    < least(span.day_to, store.open_to)
