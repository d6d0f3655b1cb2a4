{#
  What the indicators of the recomputed rows are computed from, side by side: the day's measures, the SKC's
  dimensions, units lost, forecast, peers, and why a value may not exist yet.
#}
-- Days of a promotion (the calendar's events) within the last 7 days of each day, and within the 7 before.
with promo as (
    select
        date_day,
        {% for name, first, last in [('promo_days_7d', '6 preceding', 'current row'),
                                     ('promo_days_before', '13 preceding', '7 preceding')] -%}
        cast(sum(case when event is not null then 1 else 0 end) over (
            order by date_day nulls last rows between {{ first }} and {{ last }}
        ) as bigint) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('dim_date') }}
),

missed_view as (
    select row_.skc_id, row_.as_of_date, sum(oos.size_oos_views) as size_oos_views
    from {{ ref('int_hits__size_oos') }} as oos
    inner join {{ ref('int_hits__skc_day') }} as row_
        on oos.skc_id = row_.skc_id
        and row_.as_of_date >= oos.day and row_.as_of_date < {{ hits_add_days('oos.day', 7) }}
    group by row_.skc_id, row_.as_of_date
)

select
    skc_day.skc_id, skc_day.as_of_date, skc_day.age, skc_day.stocked_stores, skc_day.stocked_store_days,
    skc_day.eligible_stores, skc_day.covered_stores,
    {% for measure in hits_flow() + hits_closed() + hits_supply() + hits_stock() + hits_store() + hits_people() -%}
    skc_day.{{ measure }},
    {% endfor -%}
    skc.launch_date, skc.is_carry_over, skc.is_judged, skc.size_count, skc.planned_pull_off, skc.life_days,
    skc.life_source, skc.lead_days, skc.moq, skc.category_l3,
    {{ hits_launch_reason('skc', 'skc_day.as_of_date') }} as launch_reason,
    {{ hits_sale_reason('skc', 'skc_day.as_of_date') }} as sale_reason,
    skc_day.avail + skc_day.transit
        - greatest(skc_day.presale_net - skc_day.cum_presale - skc_day.dc_reserved, 0) as supply_units,
    skc_day.w14_org_gross - skc_day.w7_org_gross as week_before_gross,
    skc_day.w21_org_gross - skc_day.w14_org_gross as week_3_gross,
    {{ hits_a_week('skc.is_judged', 'skc_day.age', 'skc_day.w7_org_net', 'skc_day.w28_org_net') }} as weekly_units,
    {{ hits_a_week('skc.is_judged', 'skc_day.age', 'coalesce(lost.missed_7d, 0) * (1 - config.substitution)',
                   'coalesce(lost.missed_28d, 0) * (1 - config.substitution)') }} as weekly_lost,
    cast(skc_day.presale_paid_frozen + skc_day.presale_deposit_frozen * coalesce(skc.balance_rate, 0) as decimal(18, 2))
        as presale_units,
    greatest(skc_day.presale_net - skc_day.cum_presale, 0) as presale_due,
    greatest(skc_day.po_reorder - skc_day.recv_reorder, 0) as reorder_open,
    greatest(skc_day.po_first - skc_day.recv_first, 0) as first_open,
    coalesce(lost.missed_7d, 0) as missed_7d,
    coalesce(lost.missed_14d, 0) - coalesce(lost.missed_7d, 0) as missed_week_before,
    forecast.forecast_status,
    forecast.forecast_method,
    forecast.forecast_w3 as forecast_w3_units,
    forecast.forecast_w4 as forecast_w4_units,
    forecast.forecast_w3_lo,
    forecast.forecast_w3_hi,
    forecast.forecast_w4_lo,
    forecast.forecast_w4_hi,
    forecast.forecast_naive,
    forecast.horizon_units,
    -- Not a condition of the join: one on the left side alone makes engines compare all pairs of rows.
    case when skc_day.age >= 21 then week_3.w7_org_net end as actual_w3,
    case when skc_day.age >= 28 then week_4.w7_org_net end as actual_w4,
    score.peer_median_units,
    coalesce(oos.size_oos_views, 0) as size_oos_views,
    promo.promo_days_7d,
    promo.promo_days_before
from {{ ref('int_hits__skc_day') }} as skc_day
inner join {{ ref('int_hits__skc') }} as skc on skc_day.skc_id = skc.skc_id
inner join {{ ref('int_hits__touched') }} as touched
    on skc_day.skc_id = touched.skc_id and skc_day.as_of_date >= touched.score_from
cross join {{ ref('int_hits__config') }} as config
left join {{ ref('int_hits__skc_score') }} as score
    on skc_day.skc_id = score.skc_id and skc_day.as_of_date = score.as_of_date
left join {{ ref('int_hits__lost_day') }} as lost
    on skc_day.skc_id = lost.skc_id and skc_day.as_of_date = lost.as_of_date
left join {{ ref('int_hits__forecast') }} as forecast
    on skc_day.skc_id = forecast.skc_id and skc_day.as_of_date = forecast.as_of_date
left join missed_view as oos on skc_day.skc_id = oos.skc_id and skc_day.as_of_date = oos.as_of_date
left join promo on skc_day.as_of_date = promo.date_day
left join {{ ref('int_hits__skc_day') }} as week_3
    on skc_day.skc_id = week_3.skc_id and week_3.age = 21
left join {{ ref('int_hits__skc_day') }} as week_4
    on skc_day.skc_id = week_4.skc_id and week_4.age = 28
