{#
  Sales and returns as changes by day. A sale of day s that became known on day p counts in a window of w
  days from p through s + w - 1: plus on p, minus on s + w. So the windows of any day hold what was known
  on that day, in one pass. What lies before calc_from is gathered on calc_from.
#}
{% set windows = [7, 14, 21, 28] %}
with event as (
    select
        touched.skc_id,
        touched.calc_from,
        touched.row_to,
        event.sale_date,
        event.post_date,
        event.gross_units as gross,
        event.gross_units - event.ret_units as net,
        case when event.is_presale then 0 else event.gross_units end as org_gross,
        case when event.is_presale then 0 else event.gross_units - event.ret_units end as org_net,
        case when event.is_presale then event.gross_units else 0 end as presale,
        case when store.store_code is not null then event.gross_units - event.ret_units else 0 end as store_net,
        case when event.channel_group = 'online' then event.gross_units - event.ret_units else 0 end as online_net,
        case when event.is_presale then 0 else event.live_units end as live_net,
        event.online_orders,
        event.orphan_units as orphan,
        event.fullprice_units as fullprice,
        event.nocost_units as nocost,
        case
            when not event.is_presale and event.gross_units > 0 and row_number() over (
                partition by event.skc_id, event.sale_date, event.is_presale, event.gross_units > 0
                order by event.store_code nulls last, event.channel_id, event.closes_on nulls last
            ) = 1 then 1 else 0
        end as selling_days,
        event.buyer_units,
        event.tagged_amt as amt,
        event.tag_amt as tag,
        event.exvat_amt as exvat,
        event.cogs_amt as cogs
    from {{ ref('int_hits__sale_event') }} as event
    inner join {{ ref('int_hits__touched') }} as touched on event.skc_id = touched.skc_id
    left join {{ ref('int_hits__store') }} as store
        on event.store_code = store.store_code and event.channel_group = 'store'
    where touched.calc_from <= touched.row_to and event.post_date <= touched.row_to
),

change as (
    select
        event.*,
        edge.days as edge_days,
        case when edge.days = 0 then event.post_date else {{ hits_add_days('event.sale_date', 'edge.days') }} end as day,
        {% for days in windows -%}
        case
            when event.post_date >= {{ hits_add_days('event.sale_date', days) }} then 0
            when edge.days = 0 then 1
            when edge.days = {{ days }} then -1
            else 0
        end as w{{ days }}{{ ',' if not loop.last }}
        {% endfor %}
    from event
    cross join (
        select 0 as days
        {%- for days in windows %} union all select {{ days }} as days{% endfor %}
    ) as edge
)

select
    skc_id,
    greatest(day, calc_from) as day,
    {% for measure in hits_cum() -%}
    cast(sum(case when edge_days = 0 then {{ measure[4:] }} else 0 end) as {{ hits_type(measure) }}) as {{ measure }},
    {% endfor -%}
    {% for measure, days, of in hits_windowed() -%}
    cast(sum(w{{ days }} * {{ of }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor %}
from change
where day <= row_to
group by skc_id, greatest(day, calc_from)
