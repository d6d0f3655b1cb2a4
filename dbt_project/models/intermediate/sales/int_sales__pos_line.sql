-- Lines of touched store receipts with what the receipt's header adds; voided receipts are out, and
-- bundles are what they contain.
-- Return lines (negative pieces) are kept: int_returns__pos_line reads them from here.
with line as (
    select
        line.*,
        bundle.bundle_code,
        bundle.line_part,
        bundle.pieces,
        coalesce(bundle.barcode, line.barcode) as part_barcode,
        line.qty * coalesce(bundle.pieces, 1) as part_qty,
        cast({{ bundle_price('line.tag_price') }} as decimal(18, 2)) as part_tag_price,
        {{ bundle_amount('line.sale_amt') }} as part_sale_amt,
        {{ bundle_amount('line.coupon_amt') }} as part_coupon_amt
    from {{ ref('stg_pos__receipt_line') }} as line
    {{ bundle_join('line.barcode') }}
),

joined as (
    select
        line.order_id,
        line.line_no,
        line.line_part,
        line.bundle_code,
        line.pieces,
        line.source_store_code,
        line.store_code,
        line.biz_date,
        line.receipt_no,
        coalesce(receipt.sold_at, line.sold_at) as sold_at,
        coalesce(receipt.receipt_type, case when line.qty < 0 then 'return' else 'sale' end)
            as receipt_type,
        receipt.original_receipt_no,
        line.original_line_no,
        coalesce(receipt.member_no, line.member_no) as member_no,
        receipt.phone_key,
        coalesce(line.staff_code, receipt.staff_code) as staff_code,
        line.part_barcode as barcode,
        coalesce(line.is_gift, false) as is_gift,
        line.promo_code,
        line.part_qty as qty,
        line.part_tag_price as tag_price,
        line.part_sale_amt as sale_amt,
        line.part_coupon_amt as coupon_amt,
        receipt.coupon_amt as receipt_coupon_amt,
        receipt.points_amt as receipt_points_amt,
        case when line.qty > 0 and line.part_sale_amt > 0 then cast(line.part_sale_amt * 100 as bigint)
            else 0
        end as weight,
        greatest(line._batch, coalesce(receipt._batch, 0)) as _batch
    from line
    left join {{ ref('stg_pos__receipt') }} as receipt on receipt.order_id = line.order_id
    where not coalesce(receipt.is_void, false)
),

weighed as (
    select
        joined.*,
        sum(weight) over (partition by order_id) as whole,
        sum(weight) over (
            partition by order_id order by line_no nulls last, line_part nulls last
            rows between unbounded preceding and current row
        ) - weight as done,
        count(coupon_amt) over (partition by order_id) as coupon_lines
    from joined
)

select
    order_id,
    line_no,
    line_part,
    bundle_code,
    pieces,
    source_store_code,
    store_code,
    biz_date,
    receipt_no,
    sold_at,
    receipt_type,
    original_receipt_no,
    original_line_no,
    member_no,
    phone_key,
    staff_code,
    barcode,
    is_gift,
    promo_code,
    qty,
    tag_price,
    sale_amt,
    -- Coupons and points of the receipt are spread over its lines by amount where the lines are silent.
    coalesce(
        coupon_amt,
        case when coupon_lines = 0
            then {{ split_amount('receipt_coupon_amt', 'done', 'weight', 'whole') }}
        end,
        0
    ) as coupon_amt,
    coalesce({{ split_amount('receipt_points_amt', 'done', 'weight', 'whole') }}, 0) as points_amt,
    _batch
from weighed
