-- Store return slips with the document they belong to: the receipt of the same store, day and number.
select
    slip.store_code,
    slip.source_store_code || '|'
    || cast({{ business_day('slip.returned_at', 'store_cutoff_hours') }} as string)
    || '|' || slip.return_no as return_doc_id,
    slip.return_no,
    slip.line_no,
    {{ business_day('slip.returned_at', 'store_cutoff_hours') }} as post_date,
    coalesce(slip.original_store, slip.store_code) as original_store,
    slip.original_date,
    slip.original_receipt_no,
    slip.original_line_no,
    slip.barcode,
    slip.qty,
    slip.refund_amt,
    slip.reason_code,
    slip.online_order_no,
    slip._file_id,
    slip._batch
from {{ ref('stg_pos__return') }} as slip
