{#
  Sales of a product by week since launch: what was sold, the peers' median, and the forecast of weeks 3 and 4
  with its band, before and beside what came. Whole weeks only; a forecast week stands here before it is over.
#}
with daily as (
    select skc_id, as_of_date, days_since_launch, net_units_7d, same_age_index_den
    from {{ ref('daily') }}
    where days_since_launch % 7 = 0 and days_since_launch > 0
),

ended as (
    select
        skc_id,
        cast(floor(days_since_launch / 7) as bigint) as week_no,
        net_units_7d as net_units,
        same_age_index_den - coalesce(
            lag(same_age_index_den) over (partition by skc_id order by days_since_launch nulls last), 0
        ) as peer_units
    from daily
),

forecast as (
    select skc_id, cast(3 as bigint) as week_no, forecast_w3 as units, forecast_w3_lo as lo, forecast_w3_hi as hi
    from {{ ref('board') }}
    where forecast_w3 is not null
    union all
    select skc_id, cast(4 as bigint) as week_no, forecast_w4, forecast_w4_lo, forecast_w4_hi
    from {{ ref('board') }}
    where forecast_w4 is not null
),

week as (
    select skc_id, week_no from ended
    union
    select skc_id, week_no from forecast
)

select
    week.skc_id,
    week.week_no,
    cast(ended.net_units as bigint) as net_units,
    cast(ended.peer_units as decimal(18, 2)) as peer_units,
    cast(forecast.units as decimal(18, 2)) as forecast_units,
    cast(forecast.lo as decimal(18, 2)) as forecast_lo,
    cast(forecast.hi as decimal(18, 2)) as forecast_hi
from week
inner join {{ ref('board') }} as board on board.skc_id = week.skc_id
left join ended on ended.skc_id = week.skc_id and ended.week_no = week.week_no
left join forecast on forecast.skc_id = week.skc_id and forecast.week_no = week.week_no
