{#
  Forecast of the organic net units of weeks 3 and 4 for the recomputed rows: issued daily from day 7 to day
  15, kept from then on. Level = units so far over the share of life demand that peers had reached; the band
  is the spread of the peers. A live-stream pulse counts in part. Where the curve did not beat "week 2 again" on its own peers, that is shown.
#}
with row_ as (
    select
        skc_day.skc_id,
        skc_day.as_of_date,
        skc_day.age,
        issued.age as issued_age,
        issued.cum_org_net,
        issued.cum_selling_days,
        issued.active_stores,
        issued.w7_org_net,
        {{ hits_level_units('issued') }} as level_units,
        coalesce(case when issued.age >= 14 then week_2.w7_org_net end, issued.w7_org_net) as naive_units,
        {{ hits_level_units('skc_day') }} as level_today,
        skc_day.w7_org_net as week_today
    from {{ ref('int_hits__skc_day') }} as skc_day
    inner join {{ ref('int_hits__touched') }} as touched
        on skc_day.skc_id = touched.skc_id and skc_day.as_of_date >= touched.score_from
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('int_hits__skc_day') }} as issued
        on skc_day.skc_id = issued.skc_id and issued.age = least(skc_day.age, config.forecast_last_day)
    left join {{ ref('int_hits__skc_day') }} as week_2
        on skc_day.skc_id = week_2.skc_id and week_2.age = 14
    where skc_day.age >= 1
),

curve_end as (
    select season_code, season_no, step, group_name, max(day_no) as last_day_no
    from {{ ref('int_hits__curve_day') }}
    group by season_code, season_no, step, group_name
),

levelled as (
    select
        row_.*,
        curve.method,
        at_day.share_w3,
        at_day.share_w4,
        at_day.lo_w3,
        at_day.hi_w3,
        at_day.lo_w4,
        at_day.hi_w4,
        {{ hits_ratio('row_.level_units', 'at_day.cum_share', 8) }} as life_units,
        {{ hits_ratio('row_.level_today', 'today.cum_share', 8) }} as life_units_today,
        today.cum_share as share_today,
        case
            when row_.issued_age < config.forecast_first_day then 'immature'
            when row_.cum_selling_days < config.forecast_min_days
                or row_.cum_org_net < config.forecast_min_units
                or row_.active_stores < config.forecast_min_stores
                or curve.skc_id is null then 'insufficient'
            else 'ok'
        end as forecast_status,
        ahead.cum_share as share_ahead,
        skc.lead_days,
        coalesce(skc.lead_days, config.default_lead_days) + config.reorder_review_days as horizon_days
    from row_
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('int_hits__skc') }} as skc on row_.skc_id = skc.skc_id
    left join {{ ref('int_hits__skc_curve') }} as curve on row_.skc_id = curve.skc_id
    left join {{ ref('int_hits__curve_day') }} as at_day
        on {{ hits_same_curve('curve', 'at_day') }} and row_.issued_age = at_day.day_no
    left join curve_end on {{ hits_same_curve('curve', 'curve_end') }}
    left join {{ ref('int_hits__curve_day') }} as today
        on {{ hits_same_curve('curve', 'today') }} and today.day_no = least(row_.age, curve_end.last_day_no)
    left join {{ ref('int_hits__curve_day') }} as ahead
        on {{ hits_same_curve('curve', 'ahead') }}
        and ahead.day_no = least(
            row_.age + coalesce(skc.lead_days, config.default_lead_days) + config.reorder_review_days,
            curve_end.last_day_no
        )
)

select
    skc_id,
    as_of_date,
    forecast_status,
    case when forecast_status = 'ok' then method end as forecast_method,
    {% for week in [3, 4] -%}
    case when forecast_status = 'ok' then cast(
        case when method = 'naive' then naive_units else life_units * share_w{{ week }} end as decimal(18, 2)
    ) end as forecast_w{{ week }},
    case when forecast_status = 'ok' then cast(level_units * lo_w{{ week }} as decimal(18, 2)) end as forecast_w{{ week }}_lo,
    case when forecast_status = 'ok' then cast(level_units * hi_w{{ week }} as decimal(18, 2)) end as forecast_w{{ week }}_hi,
    {% endfor -%}
    case when forecast_status <> 'immature' then naive_units end as forecast_naive,
    horizon_days,
    case
        when forecast_status <> 'ok' then null
        when method = 'naive' then cast(week_today * horizon_days / 7.0 as decimal(18, 4))
        else cast(life_units_today * (share_ahead - share_today) as decimal(18, 4))
    end as horizon_units
from levelled
