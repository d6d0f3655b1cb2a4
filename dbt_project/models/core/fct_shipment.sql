-- Parcels, one row a parcel and order line; a store's refusal is a row of its own.
select
    shipment.parcel_no || '|' || shipment.order_no || '|' || coalesce(shipment.line_no, '') as shipment_id,
    shipment.parcel_no,
    coalesce(shipment.platform, ec_order.platform) as platform,
    coalesce(shipment.platform, ec_order.platform) || '|' || shipment.order_no as order_id,
    shipment.line_no,
    shipment.qty as ship_units,
    shipment.ship_from as ship_store_code,
    shipment.ship_mode,
    shipment.shipped_at,
    {{ business_day('shipment.shipped_at', 'online_cutoff_hours') }} as shipped_date,
    coalesce(shipment.delivered_at, shipment.picked_up_at) as delivered_at,
    {{ business_day('coalesce(shipment.delivered_at, shipment.picked_up_at)', 'online_cutoff_hours') }}
        as delivered_date,
    shipment.pickup_ready_at,
    shipment.picked_up_at,
    ec_order.promised_ship_at,
    shipment.shipped_at <= ec_order.promised_ship_at as is_on_time,
    shipment.reject_reason is not null as is_rejected,
    shipment.reject_reason,
    shipment._batch
from {{ ref('stg_ec__shipment') }} as shipment
left join {{ ref('stg_ec__order') }} as ec_order
    on ec_order.order_no = shipment.order_no
    and ec_order.platform = coalesce(shipment.platform, ec_order.platform)
