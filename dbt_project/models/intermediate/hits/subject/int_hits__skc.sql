{#
  SKCs with the days for which they have a row: launched ones from launch (or the first presale deposit)
  through the tracked days; carry-over and launch-unknown ones the last few days. What is read of the
  dimensions is all here, so that a change of it shows.
#}
with presale as (
    select skc_id, min(first_deposit) as first_deposit, max(balance_rate) as balance_rate
    from {{ ref('int_hits__presale_line') }}
    group by skc_id
),

planned as (
    select distinct plan_key from {{ ref('int_hits__eligible') }}  -- one row a plan, of many stores
),

skc as (
    select
        skc.skc_id,
        skc.style_id,
        coalesce(skc.category_l2, '-') as category_l2,
        coalesce(skc.category_l3, '-') as category_l3,
        coalesce(skc.band, '-') as band,
        skc.planned_pull_off,
        coalesce(skc.is_carry_over, false) as is_carry_over,
        skc.launch_status,
        season.launch_date,
        season.season_code,
        season.season_no,
        season.season_start,
        season.skc_id is not null as is_judged,
        case
            when coalesce(skc.cycle_no, 1) > 1
                then {{ hits_add_days('skc.launch_date', '-config.cycle_lead_days') }}
            else date '1900-01-01'
        end as cycle_from,
        coalesce(skc.size_count, 0) as size_count,
        supplier.lead_days,
        supplier.moq,
        season.life_days,
        season.life_source,
        presale.first_deposit,
        presale.balance_rate,
        coalesce(planned.plan_key, '*') as plan_key,
        run.as_of_date,
        config.hit_tracking_days,
        config.unjudged_history_days,
        config.daily_history_days
    from {{ ref('dim_skc') }} as skc
    cross join {{ ref('int_hits__config') }} as config
    cross join {{ source('bronze', '_run') }} as run
    left join {{ ref('int_hits__season') }} as season on skc.skc_id = season.skc_id
    left join {{ ref('dim_supplier') }} as supplier on skc.supplier_code = supplier.supplier_code
    left join presale on skc.skc_id = presale.skc_id
    left join planned on skc.skc_id = planned.plan_key
),

ranged as (
    select
        skc.*,
        case
            when is_judged then least(launch_date, coalesce(first_deposit, launch_date))
            when launch_status = 'pre_launch' then first_deposit
            else {{ hits_add_days('as_of_date', '1 - unjudged_history_days') }}
        end as row_from,
        case
            when is_judged then least(as_of_date, {{ hits_add_days('launch_date', 'hit_tracking_days - 1') }})
            else as_of_date
        end as row_to
    from skc
)

select
    skc_id, style_id, category_l2, category_l3, band, planned_pull_off, is_carry_over, launch_status,
    launch_date, season_code, season_no, season_start, is_judged, cycle_from, size_count, lead_days, moq,
    life_days, life_source, first_deposit, balance_rate, plan_key, as_of_date, row_from, row_to
from ranged
where row_from <= row_to and row_to > {{ hits_add_days('as_of_date', '-daily_history_days') }}
