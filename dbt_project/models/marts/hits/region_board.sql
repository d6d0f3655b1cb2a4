{#
  The hit board by region at the last closed business day: what stores of the region have and sell. Online
  sales and DC stock belong to no region. A store whose file is missing is out of the counts of stores; what it
  sold before stays. A region with too few store files of the day is dq_blocked.
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
),

row_ as (
    select
        summed.*,
        skc.size_count,
        skc.is_judged,
        {{ hits_days('skc.launch_date', 'summed.as_of_date') }} + 1 as age,
        {{ hits_launch_reason('skc', 'summed.as_of_date') }} as launch_reason,
        {{ hits_sale_reason('skc', 'summed.as_of_date') }} as sale_reason,
        {{ hits_a_week('skc.is_judged', hits_days('skc.launch_date', 'summed.as_of_date') ~ ' + 1', 'summed.w7_net',
                       'summed.w28_net') }} as weekly_units
    from summed
    inner join {{ ref('int_hits__skc') }} as skc on summed.skc_id = skc.skc_id
),

part as (
    select
        row_.skc_id,
        row_.as_of_date,
        row_.region,
        {{ hits_part_columns('region') }},
        row_.eligible_stores,
        row_.avail_units,
        row_.transit_units,
        {{ hits_ratio('row_.covered_stores', 'row_.eligible_stores') }} as coverage
    from row_
    cross join {{ ref('int_hits__config') }} as config
),

stated as (
    select
        part.*,
        {{ hits_statuses('region', 'part', 'part.coverage < config.coverage_min') }}
    from part
    cross join {{ ref('int_hits__allowed') }} as allowed
    cross join {{ ref('int_hits__config') }} as config
)

select
    stated.skc_id,
    stated.as_of_date,
    stated.region,
    style.style_name,
    style.season_name,
    style.band,
    style.category_l1,
    style.category_l2,
    style.category_l3,
    skc.color_name,
    skc.launch_date,
    {{ hits_stated_columns('region', 'stated') }}
    cast(stated.eligible_stores as bigint) as eligible_stores,
    cast(stated.avail_units as bigint) as avail_units,
    cast(stated.transit_units as bigint) as transit_units,
    stated.coverage
from stated
inner join {{ ref('dim_skc') }} as skc on stated.skc_id = skc.skc_id
left join {{ ref('dim_style') }} as style on skc.style_id = style.style_id
