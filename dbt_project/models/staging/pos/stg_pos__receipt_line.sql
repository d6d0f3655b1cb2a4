-- Receipt lines: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'pos_receipt_line') }}
    {{ only_touched('facts', 'int_touched__order', ['store_code', 'biz_date', 'receipt_no']) }}
    {{ latest_version(['store_code', 'biz_date', 'receipt_no', 'line_no'], ['uploaded_at']) }}
)

select
    latest.store_code as source_store_code,
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.biz_date,
    latest.receipt_no,
    latest.store_code || '|' || cast(latest.biz_date as string) || '|' || latest.receipt_no as order_id,
    latest.line_no,
    latest.barcode,
    latest.style_code,
    latest.color_code,
    latest.size_code,
    latest.qty,
    latest.tag_price,
    latest.unit_price,
    latest.sale_amt,
    latest.coupon_amt,
    latest.promo_code,
    latest.is_gift,
    coalesce(staff_map.new_code, latest.staff_code) as staff_code,
    latest.original_line_no,
    latest.member_no,
    latest.sold_at,
    latest.uploaded_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.store_code', 'store_map') }}
{{ map_join('staff', 'latest.staff_code', 'staff_map') }}
