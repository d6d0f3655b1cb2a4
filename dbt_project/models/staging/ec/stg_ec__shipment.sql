-- Parcels: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'ec_shipment') }}
    {{ only_touched('facts', 'int_touched__shipped_order', ['order_no']) }}
    {{ latest_version(['parcel_no', 'order_no', 'line_no'], ['modified_at']) }}
)

select
    latest.parcel_no,
    latest.platform,
    latest.order_no,
    latest.line_no,
    latest.qty,
    coalesce(ship_from_map.new_code, latest.ship_from) as ship_from,
    latest.carrier,
    latest.tracking_no,
    latest.shipped_at,
    latest.delivered_at,
    latest.pickup_ready_at,
    latest.picked_up_at,
    latest.ship_mode,
    latest.reject_reason,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.ship_from', 'ship_from_map') }}
