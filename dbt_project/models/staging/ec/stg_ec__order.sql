-- Online orders: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'ec_order') }}
    {{ only_touched('facts', 'int_touched__order', ['platform', 'order_no']) }}
    {{ latest_version(['platform', 'order_no'], ['modified_at']) }}
)

select
    latest.platform,
    latest.order_no,
    latest.platform || '|' || latest.order_no as order_id,
    latest.shop,
    latest.status,
    latest.created_at,
    latest.paid_at,
    latest.shipped_at,
    latest.done_at,
    latest.closed_at,
    latest.due_amt,
    latest.paid_amt,
    latest.freight_amt,
    latest.platform_subsidy_amt,
    latest.shop_discount_amt,
    latest.is_presale,
    latest.deposit_amt,
    latest.balance_amt,
    latest.buyer_id_key,
    latest.phone_key,
    latest.province,
    latest.city,
    latest.district,
    latest.remark,
    latest.traffic_source,
    coalesce(guide_map.new_code, latest.guide_code) as guide_code,
    coalesce(pickup_store_map.new_code, latest.pickup_store) as pickup_store,
    latest.promised_ship_at,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('staff', 'latest.guide_code', 'guide_map') }}
{{ map_join('store', 'latest.pickup_store', 'pickup_store_map') }}
