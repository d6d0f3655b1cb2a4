{#
  Sales and returns of the touched SKCs as changes by day. A sale of day s that became known on day p counts in
  a window of w days from p through s + w - 1: plus on p, minus on s + w. So the windows of any day hold what was
  known on that day, in one pass. closed_: of lines whose return window closed in the last 28 days; a line closing
  on day c counts from c through c + 27, a later return of it from its posting. What lies before calc_from is
  gathered on calc_from.
#}
{% set windows = [7, 14, 21, 28] %}
with event as (
    select event.*, touched.calc_from, touched.row_to, store.store_code is not null as is_store
    from {{ ref('int_hits__sale_event') }} as event
    inner join {{ ref('int_hits__touched') }} as touched on event.skc_id = touched.skc_id
    left join {{ ref('int_hits__store') }} as store
        on event.store_code = store.store_code and event.channel_group = 'store'
    where touched.calc_from <= touched.row_to and event.post_date <= touched.row_to
),

-- Windows ask for days, not for places: a fraction of the rows goes on.
sold as (
    select
        skc_id,
        calc_from,
        row_to,
        sale_date,
        post_date,
        sum(gross_units) as gross,
        sum(gross_units - ret_units) as net,
        sum(case when is_presale then 0 else gross_units end) as org_gross,
        sum(case when is_presale then 0 else gross_units - ret_units end) as org_net,
        sum(case when is_presale then gross_units else 0 end) as presale,
        sum(case when is_store then gross_units - ret_units else 0 end) as store_net,
        sum(case when channel_group = 'online' then gross_units - ret_units else 0 end) as online_net,
        sum(case when is_presale then 0 else live_units end) as live_net,
        sum(online_orders) as online_orders,
        sum(orphan_units) as orphan,
        sum(fullprice_units) as fullprice,
        sum(nocost_units) as nocost,
        max(case when not is_presale and gross_units > 0 then 1 else 0 end) as selling_days,
        sum(buyer_units) as buyer_units,
        sum(tagged_amt) as amt,
        sum(tag_amt) as tag,
        sum(exvat_amt) as exvat,
        sum(cogs_amt) as cogs
    from event
    group by skc_id, calc_from, row_to, sale_date, post_date
),

closed as (
    select
        closing.skc_id,
        touched.calc_from,
        touched.row_to,
        greatest(closing.closes_on, closing.post_date) as day_from,
        {{ hits_add_days('closing.closes_on', 28) }} as day_to,
        closing.gross_units as closed_sold,
        closing.ret_units - closing.exch_units as closed_ret,
        closing.exch_units as closed_exch
    from {{ ref('int_hits__closing') }} as closing
    inner join {{ ref('int_hits__touched') }} as touched on closing.skc_id = touched.skc_id
    where touched.calc_from <= touched.row_to and closing.post_date <= touched.row_to
        and closing.post_date < {{ hits_add_days('closing.closes_on', 28) }}
),

change as (
    select
        sold.skc_id,
        sold.calc_from,
        sold.row_to,
        case when edge.days = 0 then sold.post_date else {{ hits_add_days('sold.sale_date', 'edge.days') }} end as day,
        {% for measure in hits_cum() -%}
        case when edge.days = 0 then sold.{{ measure[4:] }} else 0 end as {{ measure }},
        {% endfor -%}
        {% for measure, days, of in hits_windowed() -%}
        case
            when sold.post_date >= {{ hits_add_days('sold.sale_date', days) }} then 0
            when edge.days = 0 then sold.{{ of }}
            when edge.days = {{ days }} then -sold.{{ of }}
            else 0
        end as {{ measure }},
        {% endfor -%}
        {% for measure in hits_closed() -%}
        0 as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from sold
    cross join (
        select 0 as days
        {%- for days in windows %} union all select {{ days }} as days{% endfor %}
    ) as edge
    where edge.days = 0 or sold.post_date < {{ hits_add_days('sold.sale_date', 'edge.days') }}
    {% for sign, day in [('', 'day_from'), ('-', 'day_to')] %}
    union all
    select skc_id, calc_from, row_to, {{ day }}, {% for measure in hits_flow() %}0, {% endfor -%}
        {{ sign }}{{ hits_closed() | join(', ' ~ sign) }}
    from closed
    {% endfor %}
)

select
    skc_id,
    greatest(day, calc_from) as day,
    {% for measure in hits_flow() + hits_closed() -%}
    cast(sum({{ measure }}) as {{ hits_type(measure) }}) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor %}
from change
where day <= row_to
group by skc_id, greatest(day, calc_from)
