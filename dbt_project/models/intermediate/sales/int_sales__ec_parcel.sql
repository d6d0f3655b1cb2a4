-- Shipped parcels of touched online orders: one row a parcel and order line, with the pieces it holds.
-- A parcel without line numbers holds all lines, one without pieces all that is left of the line;
-- an order without any parcel, but with a shipping time, counts as one parcel.
with parcel as (
    select
        line.order_id,
        line.line_no,
        line.qty as line_qty,
        shipment.parcel_no,
        shipment.qty * coalesce(line.pieces, 1) as qty,
        shipment.ship_from,
        shipment.ship_mode,
        shipment.shipped_at,
        coalesce(shipment.delivered_at, shipment.picked_up_at) as delivered_at
    from {{ ref('int_sales__ec_line') }} as line
    inner join {{ ref('stg_ec__shipment') }} as shipment
        on shipment.order_no = line.order_no
        and coalesce(shipment.platform, line.platform) = line.platform
        and coalesce(shipment.line_no, line.sold_line_no) = line.sold_line_no
    where shipment.shipped_at is not null
),

known as (
    select distinct order_id from parcel  -- orders that have parcels at all
),

every as (
    select
        order_id,
        line_no,
        line_qty,
        parcel_no,
        qty,
        ship_from,
        ship_mode,
        shipped_at,
        delivered_at
    from parcel
    union all
    select
        line.order_id,
        line.line_no,
        line.qty,
        'order',
        cast(null as bigint),
        cast(null as string),
        cast(null as string),
        line.shipped_at,
        line.done_at
    from {{ ref('int_sales__ec_line') }} as line
    left join known on known.order_id = line.order_id
    where known.order_id is null and line.shipped_at is not null
),

counted as (
    select
        every.*,
        coalesce(sum(coalesce(qty, line_qty)) over (
            partition by order_id, line_no
            order by shipped_at nulls last, parcel_no nulls last
            rows between unbounded preceding and 1 preceding
        ), 0) as before_qty
    from every
)

select
    order_id,
    line_no,
    parcel_no,
    ship_from,
    ship_mode,
    shipped_at,
    {{ business_day('shipped_at', 'online_cutoff_hours') }} as shipped_date,
    {{ business_day('delivered_at', 'online_cutoff_hours') }} as delivered_date,
    cast(least(before_qty, line_qty) as bigint) as done_qty,
    cast(least(coalesce(qty, line_qty), line_qty - least(before_qty, line_qty)) as bigint) as qty
from counted
where least(coalesce(qty, line_qty), line_qty - least(before_qty, line_qty)) > 0
