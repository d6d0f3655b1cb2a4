{# Visitors and buyers of every SKC as net changes by day and kind. #}
with change as (
    select skc_id, event as kind, day_from as day, visitors as people from {{ ref('int_hits__visit_span') }}
    union all
    select skc_id, event as kind, day_to as day, -visitors as people from {{ ref('int_hits__visit_span') }}
    union all
    select skc_id, kind, day_from as day, buyers as people from {{ ref('int_hits__buyer_span') }}
    union all
    select skc_id, kind, day_to as day, -buyers as people from {{ ref('int_hits__buyer_span') }}
)

select skc_id, kind, day, cast(sum(people) as bigint) as people
from change
where day < date '9999-12-31'
group by skc_id, kind, day
having sum(people) <> 0
