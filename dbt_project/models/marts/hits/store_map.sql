{#
  Seven-state store map: eligible stores of each board SKC by region, by net sales in 14 days and what their
  stock allows. Stores that never had the SKC are missing distribution, not a state; an SKC with too few
  sizes for a run counts any stock as a full one.
#}
with state as (
    select
        skc_id,
        as_of_date,
        region,
        avail_units,
        transit_units,
        w14_net,
        {{ hits_store_state() }} as state
    from {{ ref('int_hits__store_now') }}
    where is_eligible and not is_missing
        and (first_day <= as_of_date or avail_units + transit_units > 0)
)

select
    state.skc_id,
    state.as_of_date,
    coalesce(state.region, '-') as region,
    state.state,
    catalogue.name_zh as state_zh,
    catalogue.name_en as state_en,
    catalogue.action_zh,
    catalogue.action_en,
    cast(count(*) as bigint) as stores,
    cast(sum(state.avail_units) as bigint) as avail_units,
    cast(sum(state.transit_units) as bigint) as transit_units,
    cast(sum(state.w14_net) as bigint) as net_units_14d
from state
inner join {{ ref('hit_store_states') }} as catalogue on state.state = catalogue.state
group by
    state.skc_id, state.as_of_date, coalesce(state.region, '-'), state.state, catalogue.name_zh, catalogue.name_en,
    catalogue.action_zh, catalogue.action_en
