-- Negative lines of touched return documents that are not voided.
with line as (
    select line.*
    from {{ ref('stg_pos__receipt_line') }} as line
    where line.qty < 0
        and line.order_id in (select return_doc_id from {{ ref('int_touched__return') }})
),

receipt as (
    select receipt.*
    from {{ ref('stg_pos__receipt') }} as receipt
    where receipt.order_id in (select return_doc_id from {{ ref('int_touched__return') }})
)

select
    line.order_id,
    line.line_no,
    line.store_code,
    line.biz_date,
    coalesce(receipt.receipt_type, 'return') as receipt_type,
    receipt.original_receipt_no,
    line.original_line_no,
    coalesce(receipt.member_no, line.member_no) as member_no,
    receipt.phone_key,
    line.barcode,
    line.qty,
    line.sale_amt,
    greatest(line._batch, coalesce(receipt._batch, 0)) as _batch
from line
left join receipt on receipt.order_id = line.order_id
where not coalesce(receipt.is_void, false)
