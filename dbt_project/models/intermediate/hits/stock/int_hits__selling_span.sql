{#
  Spans of days on which a store is in the base of the selling-store rate (stocked on one of the last 14
  days, first stocked more than a few days ago), with its cohort net units of 14 days as known by then.
#}
with event as (
    select event.skc_id, event.store_code, event.sale_date, event.post_date, event.gross_units - event.ret_units as net_units
    from {{ ref('int_hits__sale_event') }} as event
    inner join {{ ref('int_hits__touched') }} as touched on event.skc_id = touched.skc_id
    where touched.calc_from <= touched.row_to
        and event.channel_group = 'store'
        and event.sale_date > {{ hits_add_days('touched.calc_from', -14) }}
        and event.post_date < {{ hits_add_days('event.sale_date', 14) }}
),

change as (
    select skc_id, store_code, day_from as day, 1 as stocked, 0 as net_units
    from {{ ref('int_hits__stocked') }}
    union all
    select skc_id, store_code, {{ hits_add_days('day_to', 13) }} as day, -1, 0
    from {{ ref('int_hits__stocked') }}
    union all
    select skc_id, store_code, post_date, 0, net_units from event
    union all
    select skc_id, store_code, {{ hits_add_days('sale_date', 14) }}, 0, -net_units from event
),

span as (
    {{ hits_spans('change', ['skc_id', 'store_code'], ['stocked', 'net_units']) }}
)

select
    span.skc_id,
    span.store_code,
    greatest(span.day_from, {{ hits_add_days('first_stocked.first_day', 'config.new_store_days + 1') }}) as day_from,
    span.day_to,
    span.net_units
from span
inner join {{ ref('int_hits__first_stocked') }} as first_stocked
    on span.skc_id = first_stocked.skc_id and span.store_code = first_stocked.store_code
cross join {{ ref('int_hits__config') }} as config
where span.stocked > 0
    and greatest(span.day_from, {{ hits_add_days('first_stocked.first_day', 'config.new_store_days + 1') }}) < span.day_to
