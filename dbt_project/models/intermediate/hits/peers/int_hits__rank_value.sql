{{ config(materialized='view') }}
{#
  What launched SKCs are compared by, as known on the day: units per store-day (5), selling-store rate (6),
  organic gross units since launch (8), sell-through gained in 7 days (12), net units of 7 days (4) and
  realised price (18). A day without enough store files compares with nobody.
#}
with value as (
    select
        today.skc_id,
        today.as_of_date,
        today.age,
        skc.season_code,
        skc.season_no,
        skc.season_start,
        skc.launch_date,
        skc.category_l3 || ' / ' || skc.band as group_1,
        skc.category_l3 as group_2,
        skc.category_l2 as group_3,
        today.cum_org_gross,
        cast(today.cum_org_gross + coalesce(lost.missed_cum, 0) * (1 - config.substitution) as decimal(18, 4))
            as cum_with_lost,
        today.w7_org_net,
        today.w14_store_net,
        today.stocked_store_days,
        today.active_stores,
        today.active_base,
        today.cum_amt,
        today.cum_tag,
        {{ hits_ratio('today.cum_net', 'nullif(greatest(today.recv, 0), 0)') }} as sell_through,
        case
            when today.age <= 7 then coalesce({{ hits_ratio('before.cum_net', 'nullif(greatest(before.recv, 0), 0)') }}, 0)
            else {{ hits_ratio('before.cum_net', 'nullif(greatest(before.recv, 0), 0)') }}
        end as sell_through_before,
        {{ hits_ratio('today.closed_ret', 'today.closed_sold') }} as return_rate,
        {{ hits_ratio('category.closed_ret', 'category.closed_sold') }} as category_return_rate
    from {{ ref('int_hits__skc_day') }} as today
    inner join {{ ref('int_hits__skc') }} as skc on today.skc_id = skc.skc_id
    cross join {{ ref('int_hits__config') }} as config
    left join {{ ref('int_hits__skc_day') }} as before
        on today.skc_id = before.skc_id
        and today.as_of_date = {{ hits_add_days('before.as_of_date', 7) }}
        and before.age >= 1
    left join {{ ref('int_hits__lost_day') }} as lost
        on today.skc_id = lost.skc_id and today.as_of_date = lost.as_of_date
    left join {{ ref('int_hits__category_day') }} as category
        on skc.category_l3 = category.category_l3 and today.as_of_date = category.as_of_date
    where today.age >= 1
        and (today.eligible_stores = 0
            or {{ hits_ratio('today.covered_stores', 'today.eligible_stores') }} >= config.coverage_min)
)

select
    value.skc_id,
    value.as_of_date,
    value.age,
    value.season_code,
    value.season_no,
    value.season_start,
    value.launch_date,
    value.group_1,
    value.group_2,
    value.group_3,
    value.cum_org_gross,
    value.cum_with_lost,
    case when allowed.has_units_per_store_day then {{ hits_ratio('value.w14_store_net', 'value.stocked_store_days') }} end
        as by_store_day,
    case when allowed.has_store_active_rate then {{ hits_ratio('value.active_stores', 'value.active_base') }} end
        as by_active,
    cast(value.cum_org_gross as decimal(18, 6)) as by_cum,
    case
        when allowed.has_sell_through_rate
            then least(value.sell_through, cast(1 as decimal(18, 6))) - least(value.sell_through_before, cast(1 as decimal(18, 6)))
    end as by_gain,
    cast(value.w7_org_net as decimal(18, 6)) as by_week,
    case when allowed.has_discount_rate then {{ hits_ratio('value.cum_amt', 'value.cum_tag') }} end as by_price,
    coalesce(value.return_rate > value.category_return_rate + config.return_excess, false) as is_return_high
from value
cross join {{ ref('int_hits__config') }} as config
cross join {{ ref('int_hits__allowed') }} as allowed
