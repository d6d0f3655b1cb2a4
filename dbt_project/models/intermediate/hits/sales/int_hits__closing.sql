{#
  Sold and returned units of sale lines by channel, the day on which their return window closes and the day on which they
  became known. Apart from int_hits__sale_event, because a delivery moves the closing day and nothing else.
#}
with line as (
    select
        sale_line_id, skc_id, channel_id, sale_date, closes_on, sale_units, coalesce(cancel_units, 0) as cancel_units, cancelled_date
    from {{ ref('fct_sale_line') }}
    where not is_excluded and not is_gift and sale_units > 0 and closes_on is not null
),

event as (
    select
        skc_id, channel_id, sale_date, sale_date as post_date, closes_on, sale_units as gross_units, 0 as ret_units,
        0 as exch_units
    from line
    union all
    select skc_id, channel_id, sale_date, greatest(cancelled_date, sale_date), closes_on, -cancel_units, 0, 0
    from line
    where cancel_units > 0 and cancelled_date is not null
    union all
    select
        ret.skc_id, ret.channel_id, ret.sale_date, greatest(ret.post_date, ret.sale_date), line.closes_on, 0, ret.ret_units,
        coalesce(ret.exch_units, 0)
    from {{ ref('fct_return_line') }} as ret
    inner join line on ret.sale_line_id = line.sale_line_id
    where not ret.is_excluded and ret.ret_units <> 0
)

select
    event.skc_id,
    event.channel_id,
    event.closes_on,
    event.post_date,
    cast(sum(event.gross_units) as bigint) as gross_units,
    cast(sum(event.ret_units) as bigint) as ret_units,
    cast(sum(event.exch_units) as bigint) as exch_units
from event
inner join {{ ref('int_hits__skc') }} as skc on event.skc_id = skc.skc_id
where not skc.is_judged or (event.sale_date >= skc.launch_date and event.post_date <= skc.row_to)
group by event.skc_id, event.channel_id, event.closes_on, event.post_date
