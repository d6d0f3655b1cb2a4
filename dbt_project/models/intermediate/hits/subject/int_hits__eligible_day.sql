{# Eligible stores of each plan by day, and how many of them sent their file (rule D7, coverage). #}
with change as (
    select plan_key, day_from as day, 1 as eligible, 0 as missing
    from {{ ref('int_hits__eligible') }}
    union all
    select plan_key, day_to as day, -1 as eligible, 0 as missing
    from {{ ref('int_hits__eligible') }}
    union all
    select eligible.plan_key, missing.biz_date as day, 0 as eligible, 1 as missing
    from {{ ref('int_hits__missing') }} as missing
    inner join {{ ref('int_hits__eligible') }} as eligible
        on missing.store_code = eligible.store_code
        and missing.biz_date >= eligible.day_from and missing.biz_date < eligible.day_to
    union all
    select eligible.plan_key, {{ hits_add_days('missing.biz_date', 1) }} as day, 0 as eligible, -1 as missing
    from {{ ref('int_hits__missing') }} as missing
    inner join {{ ref('int_hits__eligible') }} as eligible
        on missing.store_code = eligible.store_code
        and missing.biz_date >= eligible.day_from and missing.biz_date < eligible.day_to
),

by_day as (
    select plan_key, day, sum(eligible) as eligible, sum(missing) as missing
    from change
    group by plan_key, day
)

select
    plan_key,
    day as day_from,
    coalesce(lead(day) over of_plan, date '9999-12-31') as day_to,
    cast(sum(eligible) over of_plan as bigint) as eligible_stores,
    cast(sum(eligible) over of_plan - sum(missing) over of_plan as bigint) as covered_stores
from by_day
window of_plan as (partition by plan_key order by day)
