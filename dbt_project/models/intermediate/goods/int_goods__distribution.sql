-- First day of the current cycle on which a style-colour lay in enough stores: at least the smallest
-- number, and the share of the stores it was planned for (rule D6).
with held as (
    select stock.skc_id, stock.store_code, greatest(stock.valid_from, cycle.cycle_from) as valid_from, stock.valid_to
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('int_place__store') }} as store
        on store.store_code = stock.store_code and store.has_pos
    inner join {{ ref('int_goods__cycle') }} as cycle on cycle.skc_id = stock.skc_id
    where stock.onhand_units > 0 and stock.valid_to > cycle.cycle_from
),

edge as (
    select skc_id, store_code, valid_from as day, 1 as step from held
    union all
    select skc_id, store_code, valid_to, -1 from held
),

-- Sizes in stock of a store, and with it whether the store has any.
store_day as (
    select
        skc_id,
        store_code,
        day,
        sum(step) as step
    from edge
    group by skc_id, store_code, day
),

store_level as (
    select
        skc_id,
        store_code,
        day,
        case when sum(step) over (partition by skc_id, store_code order by day nulls last) > 0 then 1 else 0 end
            as has_stock
    from store_day
),

store_change as (
    select
        skc_id,
        day,
        has_stock - coalesce(
            lag(has_stock) over (partition by skc_id, store_code order by day nulls last), 0
        ) as step
    from store_level
),

skc_level as (
    select
        skc_id,
        day,
        sum(sum(step)) over (partition by skc_id order by day nulls last) as stores
    from store_change
    group by skc_id, day
),

planned as (
    select
        plan.skc_id,
        count(distinct plan.store_code) as stores
    from {{ ref('fct_store_plan') }} as plan
    inner join {{ ref('int_place__store') }} as store
        on store.store_code = plan.store_code and store.has_pos
    group by plan.skc_id
)

select
    skc_level.skc_id,
    min(skc_level.day) as reached_on
from skc_level
left join planned on planned.skc_id = skc_level.skc_id
where skc_level.stores >= {{ threshold_count('launch_min_stores') }}
    and skc_level.stores >= {{ threshold('launch_min_plan_share') }} * coalesce(planned.stores, 0)
group by skc_level.skc_id
