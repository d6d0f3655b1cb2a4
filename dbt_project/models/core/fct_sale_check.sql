-- Sales by tills and platforms against the ERP's sale documents: one row a store and day on which they
-- differ, for days between the ERP's first and last. The tills own the fact; this only shows.
with erp as (
    select
        move.store_code,
        move.move_date as sale_date,
        -sum(move.units) as units
    from {{ ref('fct_stock_move') }} as move
    inner join {{ ref('int_place__store') }} as store
        on store.store_code = move.store_code and store.location_type in ('store', 'popup')
    where move.move_type in ('sale_out', 'sale_return')
    group by move.store_code, move.move_date
),

span as (
    select
        store_code,
        min(sale_date) as first_day,
        max(sale_date) as last_day
    from erp
    group by store_code
),

-- Pieces of a parcel that names none are those of its order line.
line as (
    select platform || '|' || order_no as order_id, line_no, qty
    from {{ source('bronze', 'ec_order_line') }}
    where platform || '|' || order_no in (select order_id from {{ ref('fct_shipment') }} where ship_units is null)
    {{ latest_version(['platform', 'order_no', 'line_no'], ['modified_at']) }}
),

till as (
    select
        store_code,
        sale_date,
        sale_units + gift_units as units
    from {{ ref('fct_sale_line') }}
    where source = 'pos'
    union all
    select
        return_store_code,
        post_date,
        -ret_units
    from {{ ref('fct_return_line') }}
    where return_store_code is not null
    union all
    select
        shipment.ship_store_code,
        shipment.shipped_date,
        coalesce(shipment.ship_units, line.qty)
    from {{ ref('fct_shipment') }} as shipment
    left join line on line.order_id = shipment.order_id and line.line_no = shipment.line_no
    where not shipment.is_rejected
),

counted as (
    select
        till.store_code,
        till.sale_date,
        sum(till.units) as units
    from till
    inner join span
        on span.store_code = till.store_code
        and till.sale_date >= span.first_day and till.sale_date <= span.last_day
    group by till.store_code, till.sale_date
)

select
    coalesce(counted.store_code, erp.store_code) as store_code,
    coalesce(counted.sale_date, erp.sale_date) as sale_date,
    cast(coalesce(counted.units, 0) as bigint) as till_units,
    cast(coalesce(erp.units, 0) as bigint) as erp_units,
    cast(coalesce(erp.units, 0) - coalesce(counted.units, 0) as bigint) as difference_units
from counted
full outer join erp on erp.store_code = counted.store_code and erp.sale_date = counted.sale_date
where coalesce(erp.units, 0) <> coalesce(counted.units, 0)
