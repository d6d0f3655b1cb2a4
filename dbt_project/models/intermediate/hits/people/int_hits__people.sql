{# Visitors and buyers of the touched SKCs as changes by day. #}
{% set kinds = {'viewers': 'pdp_view', 'carters': 'add_cart', 'cohort_buyers': 'cohort', 'again_buyers': 'again',
                'buyers': 'buyer', 'loyal_buyers': 'loyal'} %}
select
    touched.skc_id,
    greatest(change.day, touched.calc_from) as day,
    {% for measure in hits_people() -%}
    cast(sum(case when change.kind = '{{ kinds[measure] }}' then change.people else 0 end) as bigint) as {{ measure }}
    {{- ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_hits__people_change') }} as change
inner join {{ ref('int_hits__touched') }} as touched on change.skc_id = touched.skc_id
where touched.calc_from <= touched.row_to and change.day <= touched.row_to
group by touched.skc_id, greatest(change.day, touched.calc_from)
