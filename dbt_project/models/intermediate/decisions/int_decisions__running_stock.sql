{#
  Available pieces of each size and place on the running day: the close of the last closed day, plus goods
  moved since, less what the day's receipts and parcels took, plus resalable returns. ERP sale movements of
  the day are left out, since receipts are here first.
#}
with change as (
    select ship_store_code as store_code, sku_id, skc_id, -units as units
    from {{ ref('int_decisions__line') }}
    where is_running and ship_store_code is not null
    union all
    select return_store_code, sku_id, skc_id, ret_units
    from {{ ref('fct_return_line') }} as ret
    inner join {{ source('bronze', '_run') }} as run on ret.post_date = {{ hits_add_days('run.as_of_date', 1) }}
    where ret.is_resalable and ret.return_store_code is not null
    union all
    select store_code, sku_id, skc_id, units
    from {{ ref('fct_stock_move') }} as move
    inner join {{ source('bronze', '_run') }} as run on move.move_date = {{ hits_add_days('run.as_of_date', 1) }}
    where move.move_type not in ('sale_out', 'sale_return')
),

changed as (
    select store_code, sku_id, skc_id, sum(units) as units
    from change
    group by store_code, sku_id, skc_id
),

opening as (
    select stock.store_code, stock.sku_id, stock.skc_id, stock.avail_units
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ source('bronze', '_run') }} as run
        on stock.valid_from <= run.as_of_date and stock.valid_to > run.as_of_date
    where stock.avail_units > 0
)

select
    coalesce(opening.store_code, changed.store_code) as store_code,
    coalesce(opening.sku_id, changed.sku_id) as sku_id,
    coalesce(opening.skc_id, changed.skc_id) as skc_id,
    coalesce(opening.avail_units, 0) as opening_units,
    greatest(coalesce(opening.avail_units, 0) + coalesce(changed.units, 0), 0) as avail_units
from opening
full outer join changed
    on opening.store_code = changed.store_code and opening.sku_id = changed.sku_id
