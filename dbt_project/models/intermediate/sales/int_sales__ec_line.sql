-- Lines of touched online orders that were paid, with the order's header; one row a line, of a bundle
-- one row for each thing in it.
with line as (
    select
        line.order_id,
        line.platform,
        line.order_no,
        line.line_no as sold_line_no,
        line.line_no || coalesce(bundle.line_part, '') as line_no,
        bundle.bundle_code,
        bundle.line_part,
        coalesce(bundle.barcode, line.barcode) as barcode,
        bundle.pieces,
        line.qty * coalesce(bundle.pieces, 1) as qty,
        cast({{ bundle_price('line.unit_price') }} as decimal(18, 4)) as unit_price,
        {{ bundle_amount('line.sale_amt') }} as sale_amt,
        line._batch
    from {{ ref('stg_ec__order_line') }} as line
    {{ bundle_join('line.barcode') }}
),

paid as (
    select ec_order.*
    from {{ ref('stg_ec__order') }} as ec_order
    where ec_order.paid_at is not null
),

presale as (
    select distinct  -- one campaign is enough to make it a presale line
        presale.order_no,
        coalesce(barcode.sku_id, '?/' || coalesce(bundle.barcode, presale.barcode)) as sku_id
    from {{ ref('stg_ec__presale') }} as presale
    {{ bundle_join('presale.barcode') }}
    left join {{ ref('int_goods__barcode') }} as barcode
        on barcode.barcode = coalesce(bundle.barcode, presale.barcode)
    where presale.order_no in (select order_no from line)
)

select
    line.order_id,
    line.platform,
    line.order_no,
    line.line_no,
    line.sold_line_no,
    line.bundle_code,
    line.line_part,
    line.pieces,
    paid.shop,
    paid.status,
    {{ business_day('paid.paid_at', 'online_cutoff_hours') }} as paid_date,
    paid.paid_at,
    paid.shipped_at,
    paid.done_at,
    paid.closed_at,
    paid.buyer_id_key,
    paid.phone_key,
    paid.pickup_store,
    paid.traffic_source,
    paid.guide_code,
    line.barcode,
    coalesce(barcode.sku_id, '?/' || coalesce(line.barcode, 'none')) as sku_id,
    coalesce(barcode.skc_id, '?/' || coalesce(line.barcode, 'none')) as skc_id,
    coalesce(barcode.style_id, '?') as style_id,
    line.qty,
    line.unit_price,
    line.sale_amt,
    coalesce(paid.is_presale, false) or presale.sku_id is not null as is_presale,
    greatest(line._batch, paid._batch) as _batch
from line
inner join paid on paid.order_id = line.order_id
left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = line.barcode
left join presale
    on presale.order_no = line.order_no
    and presale.sku_id = coalesce(barcode.sku_id, '?/' || coalesce(line.barcode, 'none'))
