-- Returns over the counter of touched documents. Negative receipt lines own them; a slip adds the
-- original receipt, the reason and the online order, and counts only where no receipt line answers it.
with receipt_line as (
    select
        line.order_id as return_doc_id,
        line.line_no,
        line.line_part,
        line.store_code,
        line.biz_date as post_date,
        line.receipt_type,
        line.original_receipt_no,
        line.original_line_no,
        line.member_no,
        line.phone_key,
        line.barcode,
        -line.qty as ret_units,
        -line.sale_amt as ret_amt,
        line._batch,
        row_number() over (
            partition by line.order_id, coalesce(barcode.sku_id, line.barcode) order by line.line_no nulls last, line.line_part nulls last
        ) as place,
        coalesce(barcode.sku_id, '?/' || coalesce(line.barcode, 'none')) as sku_id
    from {{ ref('int_sales__pos_line') }} as line
    left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = line.barcode
    where line.qty < 0
),

slip as (
    select
        slip.*,
        bundle.line_part,
        coalesce(bundle.barcode, slip.barcode) as part_barcode,
        slip.qty * coalesce(bundle.pieces, 1) as part_qty,
        {{ bundle_amount('slip.refund_amt') }} as part_amt,
        row_number() over (
            partition by slip.return_doc_id, coalesce(barcode.sku_id, bundle.barcode, slip.barcode)
            order by slip.line_no nulls last, bundle.line_part nulls last
        ) as place,
        coalesce(barcode.sku_id, '?/' || coalesce(bundle.barcode, slip.barcode, 'none')) as sku_id
    from {{ ref('int_returns__slip') }} as slip
    {{ bundle_join('slip.barcode') }}
    left join {{ ref('int_goods__barcode') }} as barcode
        on barcode.barcode = coalesce(bundle.barcode, slip.barcode)
    {{ only_touched('facts', 'int_touched__order', ['slip.return_doc_id'], ['order_id']) }}
),

joined as (
    select
        coalesce(receipt_line.return_doc_id, slip.return_doc_id) as return_doc_id,
        case
            when receipt_line.return_doc_id is not null
                then receipt_line.return_doc_id || '|' || cast(receipt_line.line_no as string)
                    || coalesce(receipt_line.line_part, '')
            else slip.return_doc_id || '|s' || cast(slip.line_no as string)
                || coalesce(slip.line_part, '')
        end as return_line_id,
        receipt_line.return_doc_id is null as is_slip_only,
        coalesce(receipt_line.store_code, slip.store_code) as return_store_code,
        coalesce(receipt_line.post_date, slip.post_date) as post_date,
        coalesce(receipt_line.receipt_type, 'return') as receipt_type,
        coalesce(slip.original_store, receipt_line.store_code) as original_store,
        slip.original_date,
        coalesce(slip.original_receipt_no, receipt_line.original_receipt_no) as original_receipt_no,
        coalesce(slip.original_line_no, receipt_line.original_line_no) as original_line_no,
        slip.online_order_no,
        receipt_line.member_no,
        receipt_line.phone_key,
        coalesce(receipt_line.sku_id, slip.sku_id) as sku_id,
        coalesce(receipt_line.barcode, slip.part_barcode) as barcode,
        coalesce(receipt_line.ret_units, slip.part_qty) as ret_units,
        coalesce(receipt_line.ret_amt, slip.part_amt, 0) as ret_amt,
        slip.reason_code as reason,
        greatest(coalesce(receipt_line._batch, 0), coalesce(slip._batch, 0)) as _batch
    from receipt_line
    full outer join slip
        on slip.return_doc_id = receipt_line.return_doc_id
        and slip.sku_id = receipt_line.sku_id
        and slip.place = receipt_line.place
),

-- The platform owns what it refunds: a store's paper for the same order and SKU is only a link.
owned as (
    select distinct  -- several refunds of one line own it once
        refund.order_no,
        coalesce(barcode.sku_id, '?/' || coalesce(bundle.barcode, line.barcode, 'none')) as sku_id
    from {{ ref('stg_ec__refund') }} as refund
    inner join {{ ref('stg_ec__order_line') }} as line
        on line.order_id = refund.order_id
        and coalesce(refund.line_no, line.line_no) = line.line_no
    {{ bundle_join('line.barcode') }}
    left join {{ ref('int_goods__barcode') }} as barcode
        on barcode.barcode = coalesce(bundle.barcode, line.barcode)
    where coalesce(refund.status, 'done') <> 'cancelled'
        and refund.order_no in (select online_order_no from slip where online_order_no is not null)
)

select
    joined.return_doc_id,
    joined.return_line_id,
    joined.is_slip_only,
    joined.return_store_code,
    joined.post_date,
    joined.receipt_type,
    joined.original_store,
    joined.original_date,
    joined.original_receipt_no,
    joined.original_line_no,
    joined.online_order_no,
    joined.member_no,
    joined.phone_key,
    joined.sku_id,
    joined.barcode,
    joined.ret_units,
    joined.ret_amt,
    joined.reason,
    owned.order_no is not null as is_link_only,
    joined._batch
from joined
left join owned on owned.order_no = joined.online_order_no and owned.sku_id = joined.sku_id
