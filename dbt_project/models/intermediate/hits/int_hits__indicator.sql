{#
  The indicators of the recomputed rows by their definitions: numerator, denominator, and the reason why
  there is no value, before feeds and files that are missing are considered (int_hits__published).
#}
{% set launch_reason %}
    case
        when skc.is_carry_over then 'not_judged'
        when skc.launch_status = 'pre_launch' or skc.launch_date > skc_day.as_of_date then 'pre_launch'
        when not skc.is_judged then 'launch_unknown'
    end
{% endset %}
with base as (
    select
        skc_day.*,
        skc.launch_date, skc.is_carry_over, skc.is_judged, skc.size_count, skc.planned_pull_off, skc.life_days,
        skc.life_source, skc.lead_days, skc.balance_rate,
        {{ launch_reason }} as launch_reason,
        case when skc.launch_status = 'pre_launch' or skc.launch_date > skc_day.as_of_date then 'pre_launch' end
            as sale_reason,
        skc_day.avail + skc_day.transit as supply_units,
        cast(case
            when skc.is_judged and skc_day.age < 28 then cast(skc_day.w7_org_net as double)
            else cast(skc_day.w28_org_net as double) / 4
        end as decimal(18, 4)) as weekly_units,
        cast(skc_day.presale_paid_frozen + skc_day.presale_deposit_frozen * coalesce(skc.balance_rate, 0) as decimal(18, 2))
            as presale_units,
        score.peer_median_units
    from {{ ref('int_hits__skc_day') }} as skc_day
    inner join {{ ref('int_hits__skc') }} as skc on skc_day.skc_id = skc.skc_id
    inner join {{ ref('int_hits__touched') }} as touched
        on skc_day.skc_id = touched.skc_id and skc_day.as_of_date >= touched.score_from
    left join {{ ref('int_hits__skc_score') }} as score
        on skc_day.skc_id = score.skc_id and skc_day.as_of_date = score.as_of_date
),

staged as (
    select
        base.*,
        base.w14_org_gross - base.w7_org_gross as week_before_gross,
        base.w21_org_gross - base.w14_org_gross as week_3_gross,
        cast(sqrt(cast(base.w7_org_gross as double)
            / nullif(cast(base.w21_org_gross - base.w14_org_gross as double), 0)) - 1 as decimal(18, 6)) as slope_raw
    from base
)

select
    staged.skc_id,
    staged.as_of_date,
    {{ hits_indicator_columns('staged') }},
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
    greatest(staged.po_reorder - staged.recv_reorder, 0) as reorder_open_units,
    greatest(staged.presale_net - staged.cum_presale, 0) as presale_due_units,
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
    staged.covered_stores,
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
    end as stage
from staged
cross join {{ ref('int_hits__config') }} as config
