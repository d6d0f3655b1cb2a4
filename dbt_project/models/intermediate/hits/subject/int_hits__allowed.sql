{# The availability of the indicators as one row: has_<id>, held_<id>. #}
select
    {% for id in hits_needing() -%}
    coalesce(max(case when indicator_id = '{{ id }}' and is_available then 1 else 0 end), 0) = 1 as has_{{ id }},
    coalesce(max(case when indicator_id = '{{ id }}' and is_held then 1 else 0 end), 0) = 1 as held_{{ id }}
    {{- ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_hits__availability') }}
