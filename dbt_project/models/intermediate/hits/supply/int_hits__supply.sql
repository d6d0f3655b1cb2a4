{# Receipts, orders and presales of the touched SKCs as changes by day. #}
select
    touched.skc_id,
    greatest(event.day, touched.calc_from) as day,
    {% for measure in hits_supply() -%}
    cast(sum(event.{{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_hits__supply_event') }} as event
inner join {{ ref('int_hits__touched') }} as touched on event.skc_id = touched.skc_id
where touched.calc_from <= touched.row_to and event.day <= touched.row_to
group by touched.skc_id, greatest(event.day, touched.calc_from)
