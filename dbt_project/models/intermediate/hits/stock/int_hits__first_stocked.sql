{# First day on which a store had available stock of an SKC, or sold it, in the current cycle. #}
with day as (
    select
        skc.skc_id,
        stock.store_code,
        min(greatest(stock.valid_from, skc.cycle_from)) as first_day
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('int_hits__skc') }} as skc on stock.skc_id = skc.skc_id
    inner join {{ ref('int_hits__store') }} as store on stock.store_code = store.store_code
    where stock.avail_units > 0 and stock.valid_to > skc.cycle_from
    group by skc.skc_id, stock.store_code
    union all
    select event.skc_id, event.store_code, min(event.sale_date) as first_day
    from {{ ref('int_hits__sale_event') }} as event
    inner join {{ ref('int_hits__store') }} as store on event.store_code = store.store_code
    where event.channel_group = 'store' and event.gross_units > 0
    group by event.skc_id, event.store_code
)

select skc_id, store_code, min(first_day) as first_day
from day
group by skc_id, store_code
