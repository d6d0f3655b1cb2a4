{#
  What sold suddenly, one row an SKC, for as long as the alert stands.
  Spike: three days against the three before, of organic gross pieces, for the last closed days and the running
  one: the first day on which the line was crossed. The days before launch are no quiet days: an SKC must have
  been on sale for all six.
  Burst: orders within the half day that ends with each order: the strongest half day of each business day on
  which the line was reached, of the latest such day.
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
),

spike as (
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
    qualify row_number() over (partition by summed.skc_id order by summed.day nulls last) = 1
),

ordered as (
    select
        line.skc_id,
        line.order_id,
        min(line.sale_date) as day,
        min(line.sold_at) as ordered_at,
        {{ hits_seconds('min(line.sold_at)') }} as seconds
    from {{ ref('int_decisions__line') }} as line
    cross join {{ source('bronze', '_run') }} as run
    inner join {{ ref('hit_rules') }} as rule_ on rule_.rule = 'half_day_burst'
    where not line.is_presale and line.units > 0 and line.sold_at is not null
        and line.sale_date >= {{ hits_add_days('run.as_of_date', '-rule_.valid_days') }}
    group by line.skc_id, line.order_id
),

-- An order counts until half a day later: what it adds is taken off again then.
point as (
    select skc_id, day, ordered_at, seconds, 1 as orders from ordered
    union all
    select ordered.skc_id, null, null, ordered.seconds + 3600 * config.alert_burst_hours, -1
    from ordered
    cross join {{ ref('int_hits__config') }} as config
),

counted as (
    select
        skc_id,
        day,
        ordered_at,
        cast(sum(orders) over (partition by skc_id order by seconds nulls last) as bigint) as orders
    from point
),

burst as (
    select
        counted.skc_id,
        counted.day,
        counted.orders
    from counted
    cross join {{ ref('int_hits__config') }} as config
    cross join {{ source('bronze', '_run') }} as run
    inner join {{ ref('hit_rules') }} as rule_ on rule_.rule = 'half_day_burst'
    where counted.ordered_at is not null and counted.orders >= config.alert_burst_orders
        and counted.day > {{ hits_add_days('run.as_of_date', '-rule_.valid_days') }}
    qualify row_number() over (partition by counted.skc_id order by counted.day desc, counted.orders desc, counted.ordered_at nulls last) = 1
)

select
    coalesce(spike.skc_id, burst.skc_id) as skc_id,
    spike.day as spike_day,
    spike.units_3d,
    spike.units_before,
    burst.day as burst_day,
    burst.orders
from spike
full outer join burst on spike.skc_id = burst.skc_id
