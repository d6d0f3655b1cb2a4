-- Finished refunds of touched online orders, one row a refund and order line. A refund of pieces that
-- had not been shipped is a cancellation; a refund of part of the money only is never one.
with first_ship as (
    select
        order_id,
        line_no,
        min(shipped_at) as shipped_at
    from {{ ref('int_sales__ec_parcel') }}
    group by order_id, line_no
),

refund as (
    select
        line.order_id,
        line.line_no,
        line.sku_id,
        refund.refund_no,
        refund.refund_type,
        refund.qty * coalesce(line.pieces, 1) as qty,
        line.qty as line_qty,
        line.sale_amt,
        refund.refund_amt,
        refund.line_no is null or line.bundle_code is not null as is_spread,
        refund.done_at,
        {{ business_day('refund.done_at', 'online_cutoff_hours') }} as post_date,
        refund.reason,
        refund.return_to,
        first_ship.shipped_at,
        refund._batch,
        -- The money of a refund for the whole order or a bundle is spread by what was paid.
        sum(cast(line.sale_amt * 100 as bigint)) over (
            partition by line.order_id, refund.refund_no
            order by line.line_no nulls last rows between unbounded preceding and current row
        ) - cast(line.sale_amt * 100 as bigint) as done,
        cast(line.sale_amt * 100 as bigint) as weight,
        sum(cast(line.sale_amt * 100 as bigint)) over (partition by line.order_id, refund.refund_no)
            as whole
    from {{ ref('stg_ec__refund') }} as refund
    inner join {{ ref('int_sales__ec_line') }} as line
        on line.order_id = refund.order_id
        and coalesce(refund.line_no, line.sold_line_no) = line.sold_line_no
    left join first_ship on first_ship.order_id = line.order_id and first_ship.line_no = line.line_no
    where refund.status = 'done' and refund.done_at is not null
),

priced as (
    select
        refund.*,
        case
            when is_spread then {{ split_amount('refund_amt', 'done', 'weight', 'whole') }}
            else refund_amt
        end as line_refund_amt
    from refund
)

select
    order_id,
    line_no,
    sku_id,
    refund_no,
    refund_type,
    coalesce(qty, line_qty) as units,
    cast(coalesce(line_refund_amt, 0) as decimal(18, 2)) as refund_amt,
    done_at,
    post_date,
    reason,
    return_to,
    (shipped_at is null or done_at < shipped_at)
    and not (refund_type = 'refund_only' and qty is null and line_refund_amt < sale_amt) as is_cancel,
    _batch
from priced
