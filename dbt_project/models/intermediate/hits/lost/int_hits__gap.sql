{#
  Gaps: a size that a store had at opening (available at the close of the day before) is gone from day gap_from
  until back_on; from launch on. With what it sold on its last 14 in-stock days before, counted over earlier
  runs of in-stock days where the last one was shorter, and whether that is too little for a rate of its own.
#}
with edge as (
    select touched.skc_id, stock.store_code, stock.sku_id, {{ hits_add_days('stock.valid_from', 1) }} as day, 1 as sign
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('int_hits__touched') }} as touched on stock.skc_id = touched.skc_id
    inner join {{ ref('int_hits__store') }} as store on stock.store_code = store.store_code
    where touched.score_from <= touched.row_to and stock.avail_units > 0 and stock.valid_from < touched.row_to
    union all
    select touched.skc_id, stock.store_code, stock.sku_id, {{ hits_add_days('stock.valid_to', 1) }} as day, -1 as sign
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('int_hits__touched') }} as touched on stock.skc_id = touched.skc_id
    inner join {{ ref('int_hits__store') }} as store on stock.store_code = store.store_code
    where touched.score_from <= touched.row_to and stock.avail_units > 0 and stock.valid_to < touched.row_to
),

change as (
    select skc_id, store_code, sku_id, day, sum(sign) as sign
    from edge
    group by skc_id, store_code, sku_id, day
    having sum(sign) <> 0
),

turn as (
    select
        skc_id,
        store_code,
        sku_id,
        sign,
        day as run_from,
        coalesce(lead(day) over of_sku, date '9999-12-31') as run_to,
        coalesce(lead(day, 2) over of_sku, date '9999-12-31') as back_on
    from change
    window of_sku as (partition by skc_id, store_code, sku_id order by day nulls last)
),

from_launch as (
    select
        turn.skc_id,
        turn.store_code,
        turn.sku_id,
        greatest(turn.run_from, coalesce(skc.launch_date, skc.cycle_from)) as run_from,
        turn.run_to,
        turn.back_on
    from turn
    inner join {{ ref('int_hits__skc') }} as skc on turn.skc_id = skc.skc_id
    where turn.sign > 0 and turn.run_to > coalesce(skc.launch_date, skc.cycle_from)
),

-- Runs of in-stock days, with the in-stock days before each.
run as (
    select
        skc_id,
        store_code,
        sku_id,
        run_from,
        run_to,
        back_on,
        cast(coalesce(
            sum({{ hits_days('run_from', 'run_to') }}) over (
                partition by skc_id, store_code, sku_id order by run_from nulls last
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as bigint) as days_before
    from from_launch
),

sale as (
    select
        run.skc_id,
        run.store_code,
        run.sku_id,
        run.days_before + {{ hits_days('run.run_from', 'line.sale_date') }} + 1 as day_no,
        line.sale_units
    from {{ ref('int_hits__sold') }} as line
    inner join run
        on line.skc_id = run.skc_id
        and line.store_code = run.store_code
        and line.sku_id = run.sku_id
        and line.sale_date >= run.run_from and line.sale_date < run.run_to
    where line.channel_group = 'store'
),

gap as (
    select
        run.skc_id,
        run.store_code,
        run.sku_id,
        run.run_to as gap_from,
        run.back_on,
        run.days_before + {{ hits_days('run.run_from', 'run.run_to') }} as days_instock
    from run
    inner join {{ ref('int_hits__touched') }} as touched on run.skc_id = touched.skc_id
    where run.run_to <= touched.row_to
),

rated as (
    select
        gap.skc_id,
        gap.store_code,
        gap.sku_id,
        gap.gap_from,
        gap.back_on,
        gap.days_instock,
        cast(coalesce(sum(sale.sale_units), 0) as bigint) as rate_units
    from gap
    left join sale
        on gap.skc_id = sale.skc_id
        and gap.store_code = sale.store_code
        and gap.sku_id = sale.sku_id
        and sale.day_no > gap.days_instock - 14 and sale.day_no <= gap.days_instock
    group by gap.skc_id, gap.store_code, gap.sku_id, gap.gap_from, gap.back_on, gap.days_instock
)

select
    rated.skc_id,
    rated.store_code,
    rated.sku_id,
    rated.gap_from,
    rated.back_on,
    least(rated.days_instock, 14) as rate_days,
    rated.rate_units,
    rated.rate_units < config.lost_min_units as is_thin,
    rated.gap_from >= touched.gap_calc_from as is_to_rate,
    skc.category_l3
from rated
inner join {{ ref('int_hits__touched') }} as touched on rated.skc_id = touched.skc_id
inner join {{ ref('int_hits__skc') }} as skc on rated.skc_id = skc.skc_id
cross join {{ ref('int_hits__config') }} as config
