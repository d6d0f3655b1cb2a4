{#
  Sold and returned units of sale lines whose return window closed in the last 28 days, as changes by
  day: a line closing on day c counts from c through c + 27, a later return of it from its posting.
#}
with event as (
    select
        touched.skc_id,
        touched.calc_from,
        touched.row_to,
        greatest(event.closes_on, event.post_date) as day_from,
        {{ hits_add_days('event.closes_on', 28) }} as day_to,
        event.gross_units as closed_sold,
        event.ret_units - event.exch_units as closed_ret,
        event.exch_units as closed_exch
    from {{ ref('int_hits__sale_event') }} as event
    inner join {{ ref('int_hits__touched') }} as touched on event.skc_id = touched.skc_id
    where touched.calc_from <= touched.row_to
        and event.closes_on is not null
        and event.post_date < {{ hits_add_days('event.closes_on', 28) }}
),

change as (
    select skc_id, calc_from, row_to, day_from as day, closed_sold, closed_ret, closed_exch from event
    union all
    select skc_id, calc_from, row_to, day_to as day, -closed_sold, -closed_ret, -closed_exch from event
)

select
    skc_id,
    greatest(day, calc_from) as day,
    {% for measure in hits_closed() -%}
    cast(sum({{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor %}
from change
where day <= row_to
group by skc_id, greatest(day, calc_from)
