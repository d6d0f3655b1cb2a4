-- Store return slips: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'pos_return') }}
    {{ latest_version(['store_code', 'return_no', 'line_no'], ['uploaded_at']) }}
)

select
    latest.store_code as source_store_code,
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.return_no,
    latest.line_no,
    coalesce(original_store_map.new_code, latest.original_store) as original_store,
    latest.original_date,
    latest.original_receipt_no,
    latest.original_line_no,
    latest.barcode,
    latest.qty,
    latest.refund_amt,
    latest.reason_code,
    latest.returned_at,
    latest.online_order_no,
    latest.uploaded_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.store_code', 'store_map') }}
{{ map_join('store', 'latest.original_store', 'original_store_map') }}
