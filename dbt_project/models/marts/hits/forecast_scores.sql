{#
  Forecasts frozen at day 15 against what came: organic net units of weeks 3 and 4 as known on their last
  day, beside "week 2 again". One row an SKC that has passed day 21; week 4 is scored from day 28 on.
#}
with issued as (
    select
        daily.skc_id,
        daily.as_of_date as issued_on,
        daily.forecast_method,
        daily.forecast_w3_status as forecast_status,
        {% for week in [3, 4] -%}
        daily.forecast_w{{ week }}, daily.forecast_w{{ week }}_lo, daily.forecast_w{{ week }}_hi,
        {% endfor -%}
        daily.forecast_naive
    from {{ ref('daily') }} as daily
    cross join {{ ref('int_hits__config') }} as config
    where daily.days_since_launch = config.forecast_last_day
),

came as (
    select
        skc_id,
        max(case when age = 21 then w7_org_net end) as actual_w3,
        max(case when age = 28 then w7_org_net end) as actual_w4
    from {{ ref('int_hits__skc_day') }}
    where age in (21, 28)
    group by skc_id
)

select
    issued.skc_id,
    issued.issued_on,
    skc.season_name,
    skc.category_l3,
    issued.forecast_status,
    issued.forecast_method,
    {% for week in [3, 4] -%}
    issued.forecast_w{{ week }},
    issued.forecast_w{{ week }}_lo,
    issued.forecast_w{{ week }}_hi,
    issued.forecast_naive as naive_w{{ week }},
    came.actual_w{{ week }},
    cast(issued.forecast_w{{ week }} - came.actual_w{{ week }} as decimal(18, 2)) as error_w{{ week }},
    cast(abs(issued.forecast_w{{ week }} - came.actual_w{{ week }}) as decimal(18, 2)) as abs_error_w{{ week }},
    case when issued.forecast_w{{ week }} is not null
        then cast(abs(issued.forecast_naive - came.actual_w{{ week }}) as bigint) end as naive_abs_error_w{{ week }},
    came.actual_w{{ week }} >= issued.forecast_w{{ week }}_lo and came.actual_w{{ week }} <= issued.forecast_w{{ week }}_hi
        as is_in_band_w{{ week }}
    {{- ',' if not loop.last }}
    {% endfor %}
from issued
inner join came on issued.skc_id = came.skc_id
inner join {{ ref('dim_skc') }} as skc on issued.skc_id = skc.skc_id
where came.actual_w3 is not null
