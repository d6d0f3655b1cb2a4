{#
  Three days against the three before, of organic gross pieces, for the last closed days and the running
  one: the first day of each SKC on which the line was crossed and the alert still stands. The days before
  launch are no quiet days: an SKC must have been on sale for all six.
#}
with day as (
    select date_row.date_day as day
    from {{ ref('dim_date') }} as date_row
    cross join {{ source('bronze', '_run') }} as run
    inner join {{ ref('hit_rules') }} as rule_ on rule_.rule = 'three_day_spike'
    where date_row.date_day > {{ hits_add_days('run.as_of_date', '1 - rule_.valid_days') }}
        and date_row.date_day <= {{ hits_add_days('run.as_of_date', 1) }}
),

summed as (
    select
        line.skc_id,
        day.day,
        sum(case when line.sale_date > {{ hits_add_days('day.day', -3) }} then line.units else 0 end) as units_3d,
        sum(case when line.sale_date <= {{ hits_add_days('day.day', -3) }} then line.units else 0 end) as units_before
    from {{ ref('int_decisions__line') }} as line
    inner join day
        on line.sale_date <= day.day and line.sale_date > {{ hits_add_days('day.day', -6) }}
    where not line.is_presale
    group by line.skc_id, day.day
)

select
    summed.skc_id,
    summed.day,
    cast(summed.units_3d as bigint) as units_3d,
    cast(summed.units_before as bigint) as units_before
from summed
inner join {{ ref('dim_skc') }} as skc
    on summed.skc_id = skc.skc_id
    and coalesce(skc.launch_date, date '1900-01-01') <= {{ hits_add_days('summed.day', -5) }}
cross join {{ ref('int_hits__config') }} as config
where summed.units_3d >= config.alert_spike_min_units
    and summed.units_3d >= config.alert_spike_ratio * summed.units_before
qualify row_number() over (partition by summed.skc_id order by summed.day) = 1
