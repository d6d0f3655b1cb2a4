{#
  Runs of days on which a store had a size of a touched SKC at opening (available at the close of the day
  before), from launch, with the in-stock days before each run; and how long the size was gone afterwards.
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

run as (
    select
        skc_id,
        store_code,
        sku_id,
        sign,
        day as run_from,
        coalesce(lead(day) over of_sku, date '9999-12-31') as run_to,
        coalesce(lead(day, 2) over of_sku, date '9999-12-31') as back_on
    from change
    window of_sku as (partition by skc_id, store_code, sku_id order by day)
),

from_launch as (
    select
        run.skc_id,
        run.store_code,
        run.sku_id,
        greatest(run.run_from, coalesce(skc.launch_date, skc.cycle_from)) as run_from,
        run.run_to,
        run.back_on
    from run
    inner join {{ ref('int_hits__skc') }} as skc on run.skc_id = skc.skc_id
    where run.sign > 0 and run.run_to > coalesce(skc.launch_date, skc.cycle_from)
)

select
    skc_id,
    store_code,
    sku_id,
    run_from,
    run_to,
    back_on,
    cast(coalesce(
        sum({{ hits_days('run_from', 'run_to') }}) over (
            partition by skc_id, store_code, sku_id order by run_from
            rows between unbounded preceding and 1 preceding
        ), 0
    ) as bigint) as days_before
from from_launch
