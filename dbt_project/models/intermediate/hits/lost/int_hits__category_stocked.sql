{#
  Stocked SKC-days of a category in a store over the 14 days before a gap began, for gaps whose own rate
  is too thin. A span of days [a, b) adds x - a + 1 days up to a day x inside it and b - a after it, so two
  running sums at the window's ends are enough, however long the history.
#}
with asked as (
    select distinct category_l3, store_code, gap_from  -- many sizes a store and day
    from {{ ref('int_hits__gap') }}
    where is_to_rate and is_thin
),

first_day as (
    select {{ hits_add_days('min(gap_from)', -16) }} as day from asked
),

edge as (
    select
        stock.skc_id,
        stock.store_code,
        greatest({{ hits_add_days('stock.valid_from', 1) }}, first_day.day) as day,
        1 as sizes
    from {{ ref('fct_stock_interval') }} as stock
    cross join first_day
    where stock.avail_units > 0 and stock.valid_to >= first_day.day
    union all
    select stock.skc_id, stock.store_code, {{ hits_add_days('stock.valid_to', 1) }} as day, -1 as sizes
    from {{ ref('fct_stock_interval') }} as stock
    cross join first_day
    where stock.avail_units > 0 and stock.valid_to >= first_day.day and stock.valid_to < date '9999-12-31'
),

by_day as (
    select skc_id, store_code, day, sum(sizes) as sizes
    from edge
    group by skc_id, store_code, day
    having sum(sizes) <> 0
),

running as (
    select skc_id, store_code, day, sum(sizes) over (partition by skc_id, store_code order by day nulls last) as sizes
    from by_day
),

state as (
    select
        skc_id,
        store_code,
        day,
        case when sizes > 0 then 1 else 0 end as is_stocked,
        coalesce(lag(case when sizes > 0 then 1 else 0 end) over (partition by skc_id, store_code order by day nulls last), 0)
            as was_stocked
    from running
),

turn as (
    select
        skc.category_l3,
        state.store_code,
        {{ hits_days("date '2000-01-01'", 'state.day') }} as day_no,
        state.is_stocked - state.was_stocked as skcs
    from state
    inner join {{ ref('int_hits__category') }} as skc on state.skc_id = skc.skc_id
    where state.is_stocked <> state.was_stocked
),

point as (
    select category_l3, store_code, day_no, skcs, skcs * day_no as skc_day_no, 0 as is_asked from turn
    union all
    select category_l3, store_code, {{ hits_days("date '2000-01-01'", 'gap_from') }} - 1, 0, 0, 1 from asked
    union all
    select category_l3, store_code, {{ hits_days("date '2000-01-01'", 'gap_from') }} - 15, 0, 0, 1 from asked
),

summed as (
    select
        category_l3,
        store_code,
        day_no,
        is_asked,
        -- Spans that are over add their b - a: the day numbers of their turns cancel to just that.
        sum(skcs) over to_day * (day_no + 1) - sum(skc_day_no) over to_day as skc_days
    from point
    window to_day as (
        partition by category_l3, store_code order by day_no nulls last range between unbounded preceding and current row
    )
),

answer as (
    select distinct category_l3, store_code, day_no, skc_days  -- one point may be asked for two gaps
    from summed
    where is_asked = 1
)

select
    asked.category_l3,
    asked.store_code,
    asked.gap_from,
    cast(upto.skc_days - before.skc_days as bigint) as stocked_days
from asked
inner join answer as upto
    on asked.category_l3 = upto.category_l3 and asked.store_code = upto.store_code
    and upto.day_no = {{ hits_days("date '2000-01-01'", 'asked.gap_from') }} - 1
inner join answer as before
    on asked.category_l3 = before.category_l3 and asked.store_code = before.store_code
    and before.day_no = {{ hits_days("date '2000-01-01'", 'asked.gap_from') }} - 15
