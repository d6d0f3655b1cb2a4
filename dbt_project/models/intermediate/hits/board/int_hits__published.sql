{#
  The indicators of the recomputed rows by their definitions (macros/hits/indicators.sql), with the companions,
  as they may be shown: NULL with not_available where the retailer exports no such feed, with dq_blocked where
  too few store files of the day arrived or a needed file is held. A reason that lies in the goods themselves
  goes before a block.
#}
with staged as (
    select
        base.*,
        cast(sqrt(cast(base.w7_org_gross as double) / nullif(cast(base.week_3_gross as double), 0)) - 1 as decimal(18, 6))
            as slope_raw,
        base.missed_7d * (1 - config.substitution) as lost_7d,
        base.missed_week_before * (1 - config.substitution) as lost_week_before
    from {{ ref('int_hits__base') }} as base
    cross join {{ ref('int_hits__config') }} as config
),

indicator as (
    select
        staged.skc_id,
        staged.as_of_date,
        {{ hits_part_columns('company') }},
        case when staged.is_judged and staged.age >= 1 then least(staged.age, 7) else 7 end as days_in_window,
        case when staged.launch_reason is null then {{ hits_ratio('staged.cum_fullprice', 'greatest(staged.recv, 0)') }} end
            as fullprice_sell_through,
        case when staged.launch_reason is null then {{ hits_ratio('staged.cum_net', 'greatest(staged.recv_first, 0)') }} end
            as sell_through_first_order,
        {{ hits_ratio('staged.full_transit_stores', 'staged.judged_transit_stores') }} as full_size_rate_transit,
        case when staged.launch_reason is null and staged.age >= config.stage_first_day
                and staged.week_3_gross >= config.stage_min_base then staged.slope_raw end as slope_weekly,
        case when staged.launch_reason is null
                then cast(cast(staged.life_days - staged.age as double) / 7 as decimal(18, 2)) end as remaining_weeks,
        case when staged.is_judged then staged.life_days end as expected_life_days,
        case when staged.is_judged then staged.life_source end as life_source,
        staged.reorder_open as reorder_open_units,
        staged.presale_due as presale_due_units,
        staged.presale_deposit_frozen as presale_deposit_units,
        staged.closed_exch as exchange_units,
        staged.cum_orphan as orphan_return_units,
        staged.recv as recv_units,
        staged.onhand as onhand_units,
        staged.avail as avail_units,
        staged.transit as transit_units,
        staged.dc_avail as dc_avail_units,
        staged.store_avail as store_avail_units,
        staged.eligible_stores,
        staged.carry_stores,
        staged.w7_online_orders as online_orders_7d,
        staged.w14_online_net as online_units_14d,
        staged.w14_store_net as store_units_14d,
        case when staged.sale_reason is null and staged.age >= config.growth_first_day
                and staged.week_before_gross >= config.stage_min_base
            then cast({{ hits_ratio('staged.w7_org_gross + staged.lost_7d',
                                    'staged.week_before_gross + staged.lost_week_before') }} - 1 as decimal(18, 6))
        end as wow_growth_adj,
        case when staged.weekly_units > 0
            then {{ hits_ratio('staged.supply_units', 'staged.weekly_units + staged.weekly_lost') }} end as weeks_of_supply_adj,
        cast(staged.missed_7d * (1 - config.substitution_high) as decimal(18, 2)) as lost_units_7d_lo,
        cast(staged.missed_7d * (1 - config.substitution_low) as decimal(18, 2)) as lost_units_7d_hi,
        {{ hits_ratio('staged.lost_7d', 'nullif(greatest(staged.w7_org_net + staged.lost_7d, 0), 0)') }} as lost_sales_rate,
        coalesce({{ hits_ratio('staged.lost_7d', 'nullif(greatest(staged.w7_org_net + staged.lost_7d, 0), 0)') }}
            >= config.supply_capped, false) as is_supply_capped,
        staged.forecast_method,
        staged.forecast_naive,
        staged.forecast_w3_lo,
        staged.forecast_w3_hi,
        staged.forecast_w4_lo,
        staged.forecast_w4_hi,
        staged.actual_w3,
        staged.actual_w4,
        {{ hits_suggestion('staged') }} as suggested_reorder_units,
        staged.stranded_units,
        case when staged.sale_reason is null then {{ hits_ratio('staged.loyal_buyers', 'staged.buyers') }} end
            as repeat_buyer_share,
        case when staged.launch_reason is null then {{ hits_ratio('staged.cum_buyer_units', 'staged.cum_gross') }} end
            as buyer_coverage,
        cast(staged.size_oos_views as bigint) as size_oos_views,
        staged.promo_days_7d,
        staged.promo_days_before,
        case
            when staged.is_carry_over then 'evergreen'
            when staged.launch_reason is not null then null
            when staged.age > staged.life_days or staged.as_of_date > staged.planned_pull_off then 'exit'
            when staged.age < config.stage_intro * staged.life_days then 'intro'
            when staged.age >= config.stage_first_day and staged.week_3_gross >= config.stage_min_base then
                case
                    when staged.slope_raw > config.stage_slope then 'growth'
                    when staged.slope_raw < -config.stage_slope then 'decline'
                    else 'mature'
                end
            when staged.w7_org_gross > staged.week_before_gross * (1 + config.stage_slope) then 'growth'
            else 'mature'
        end as stage,
        {{ hits_ratio('staged.covered_stores', 'staged.eligible_stores') }} as coverage
    from staged
    cross join {{ ref('int_hits__config') }} as config
),

stated as (
    select
        indicator.*,
        {{ hits_statuses('company', 'indicator', 'indicator.coverage < config.coverage_min',
                         held='indicator.as_of_date = run.as_of_date') }}
    from indicator
    cross join {{ ref('int_hits__allowed') }} as allowed
    cross join {{ ref('int_hits__config') }} as config
    cross join {{ source('bronze', '_run') }} as run
)

select
    stated.skc_id,
    stated.as_of_date,
    {{ hits_stated_columns('company', 'stated') }}
    {% for name in hits_companions() -%}
    stated.{{ name }},
    {% endfor -%}
    stated.stage,
    stated.coverage
from stated
