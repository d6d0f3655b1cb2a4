-- The open interval of a ledger equals the sum of all its movements.
with moved as (
    select
        store_code,
        sku_id,
        sum(units) as onhand,
        sum(transit_units) as transit
    from {{ ref('fct_stock_move') }}
    group by store_code, sku_id
),

standing as (
    select
        store_code,
        sku_id,
        onhand_units,
        transit_units
    from {{ ref('fct_stock_interval') }}
    where valid_to = date '9999-12-31'
)

select
    coalesce(moved.store_code, standing.store_code) as store_code,
    coalesce(moved.sku_id, standing.sku_id) as sku_id,
    moved.onhand,
    standing.onhand_units,
    moved.transit,
    standing.transit_units
from moved
full outer join standing on standing.store_code = moved.store_code and standing.sku_id = moved.sku_id
where (select ledger_owns from {{ ref('int_stock__owner') }})
    and (
        coalesce(moved.onhand, 0) <> coalesce(standing.onhand_units, 0)
        or coalesce(moved.transit, 0) <> coalesce(standing.transit_units, 0)
    )
