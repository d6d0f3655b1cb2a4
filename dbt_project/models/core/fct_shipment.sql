{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__shipped_order', 'columns': ['order_no'],
          'own': ["split_part(shipment_id, '|', 2)"]}
) }}
-- depends_on: {{ ref('int_touched__shipped_order') }}
-- Parcels, one row a parcel and order line; a store's refusal is a row of its own.
with platform_of as (
    select
        order_no,
        min(platform) as platform
    from {{ source('bronze', 'ec_order') }}  -- part of the key: any version tells
    {{ only_touched('facts', 'int_touched__shipped_order', ['order_no']) }}
    group by order_no
),

shipment as (
    select
        shipment.*,
        coalesce(shipment.platform, platform_of.platform) as real_platform,
        coalesce(shipment.platform, platform_of.platform) || '|' || shipment.order_no as order_id
    from {{ ref('stg_ec__shipment') }} as shipment
    left join platform_of on platform_of.order_no = shipment.order_no
)

select
    shipment.parcel_no || '|' || shipment.order_no || '|' || coalesce(shipment.line_no, '') as shipment_id,
    shipment.parcel_no,
    shipment.real_platform as platform,
    shipment.order_id,
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
from shipment
left join {{ ref('stg_ec__order') }} as ec_order on ec_order.order_id = shipment.order_id
