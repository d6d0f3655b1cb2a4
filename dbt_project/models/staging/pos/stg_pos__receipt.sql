-- Receipts: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'pos_receipt') }}
    {{ only_touched('facts', 'int_touched__order', ['store_code', 'biz_date', 'receipt_no']) }}
    {{ latest_version(['store_code', 'biz_date', 'receipt_no'], ['uploaded_at']) }}
)

select
    latest.store_code as source_store_code,
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.receipt_no,
    latest.store_code || '|' || cast(latest.biz_date as string) || '|' || latest.receipt_no as order_id,
    latest.register_no,
    latest.biz_date,
    latest.sold_at,
    latest.receipt_type,
    latest.member_no,
    latest.phone_key,
    coalesce(staff_map.new_code, latest.staff_code) as staff_code,
    latest.units,
    latest.tag_amt,
    latest.due_amt,
    latest.discount_amt,
    latest.coupon_amt,
    latest.points_amt,
    latest.paid_amt,
    latest.pay_method,
    latest.original_receipt_no,
    latest.is_void,
    latest.uploaded_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.store_code', 'store_map') }}
{{ map_join('staff', 'latest.staff_code', 'staff_map') }}
