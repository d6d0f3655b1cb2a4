{#
  Parts of the regional indicators at the last closed day, and why a value may not exist. A store whose file
  is missing is out of the counts of stores; what it sold before stays.
#}
with summed as (
    select
        skc_id,
        as_of_date,
        coalesce(region, '-') as region,
        sum(case when is_eligible then 1 else 0 end) as eligible_stores,
        sum(case when is_eligible and not is_missing then 1 else 0 end) as covered_stores,
        sum(case when is_eligible and not is_missing and avail_units + transit_units > 0 then 1 else 0 end) as carry_stores,
        sum(case when is_eligible and not is_missing then avail_units + transit_units else 0 end) as carry_units,
        sum(case when is_eligible and not is_missing and is_judged and avail_units > 0 then 1 else 0 end) as judged_stores,
        sum(case when is_eligible and not is_missing and is_judged and avail_units > 0 and is_full then 1 else 0 end)
            as full_stores,
        sum(case when is_eligible and not is_missing and is_active_base then 1 else 0 end) as active_base,
        sum(case when is_eligible and not is_missing and is_active_base and is_active then 1 else 0 end) as active_stores,
        sum(stocked_days) as stocked_store_days,
        sum(cum_net) as cum_net,
        sum(w7_net) as w7_net,
        sum(w14_net) as w14_net,
        sum(w28_net) as w28_net,
        sum(avail_units + transit_units) as supply_units,
        sum(avail_units) as avail_units,
        sum(transit_units) as transit_units,
        sum(missed_7d) as missed_7d
    from {{ ref('int_hits__store_now') }}
    group by skc_id, as_of_date, coalesce(region, '-')
)

select
    summed.skc_id,
    summed.as_of_date,
    summed.region,
    summed.eligible_stores,
    summed.covered_stores,
    summed.carry_stores,
    summed.carry_units,
    summed.judged_stores,
    summed.full_stores,
    summed.active_base,
    summed.active_stores,
    summed.stocked_store_days,
    summed.cum_net,
    summed.w7_net,
    summed.w14_net,
    summed.w28_net,
    summed.supply_units,
    summed.avail_units,
    summed.transit_units,
    summed.missed_7d,
    skc.size_count,
    skc.is_judged,
    {{ hits_days('skc.launch_date', 'summed.as_of_date') }} + 1 as age,
    case
        when skc.is_carry_over then 'not_judged'
        when skc.launch_status = 'pre_launch' or skc.launch_date > summed.as_of_date then 'pre_launch'
        when not skc.is_judged then 'launch_unknown'
    end as launch_reason,
    case when skc.launch_status = 'pre_launch' or skc.launch_date > summed.as_of_date then 'pre_launch' end as sale_reason,
    cast(case
        when skc.is_judged and {{ hits_days('skc.launch_date', 'summed.as_of_date') }} + 1 < 28
            then cast(summed.w7_net as double)
        else cast(summed.w28_net as double) / 4
    end as decimal(18, 4)) as weekly_units
from summed
inner join {{ ref('int_hits__skc') }} as skc on summed.skc_id = skc.skc_id
