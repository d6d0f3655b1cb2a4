{#
  Orders of an SKC within the half day that ends with each order: the strongest half day of each SKC and
  business day on which the line was reached and the alert still stands.
#}
with ordered as (
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

-- Only an SKC with that many orders at all can have them within half a day.
busy as (
    select ordered.skc_id
    from ordered
    cross join {{ ref('int_hits__config') }} as config
    group by ordered.skc_id
    having count(*) >= max(config.alert_burst_orders)
),

counted as (
    select
        ordered.skc_id,
        ordered.day,
        ordered.ordered_at,
        cast(count(*) as bigint) as orders
    from ordered
    inner join busy on ordered.skc_id = busy.skc_id
    cross join {{ ref('int_hits__config') }} as config
    inner join ordered as before
        on ordered.skc_id = before.skc_id
        and before.seconds <= ordered.seconds
        and before.seconds > ordered.seconds - 3600 * config.alert_burst_hours
    group by ordered.skc_id, ordered.order_id, ordered.day, ordered.ordered_at
)

select
    counted.skc_id,
    counted.day,
    counted.ordered_at,
    counted.orders
from counted
cross join {{ ref('int_hits__config') }} as config
cross join {{ source('bronze', '_run') }} as run
inner join {{ ref('hit_rules') }} as rule_ on rule_.rule = 'half_day_burst'
where counted.orders >= config.alert_burst_orders
    and counted.day > {{ hits_add_days('run.as_of_date', '-rule_.valid_days') }}
qualify row_number() over (partition by counted.skc_id order by counted.day desc, counted.orders desc, counted.ordered_at) = 1
