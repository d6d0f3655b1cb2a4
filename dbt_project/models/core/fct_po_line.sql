-- Purchase order lines. A line without a type is a first order if it is the first of its style-colour,
-- else a reorder; carry-over styles are replenished, not reordered.
with line as (
    select
        po.*,
        coalesce(barcode.sku_id, '?/' || po.barcode) as sku_id,
        coalesce(barcode.skc_id, '?/' || po.barcode) as skc_id,
        coalesce(barcode.style_id, '?') as style_id,
        min(po.order_date) over (partition by coalesce(barcode.skc_id, '?/' || po.barcode))
            as first_order_date,
        sum(po.ordered_units) over (partition by po.po_no) as po_units
    from {{ ref('stg_erp__po') }} as po
    left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = po.barcode
)

select
    line.po_no || '|' || cast(line.line_no as string) as po_line_id,
    line.po_no,
    line.line_no,
    coalesce(
        line.po_type,
        case
            when style.is_carry_over then 'carry_over'
            when line.order_date = line.first_order_date then 'first'
            else 'reorder'
        end
    ) as po_type,
    line.supplier_code,
    line.sku_id,
    line.skc_id,
    line.ordered_units,
    coalesce(line.cancelled_units, 0) as cancelled_units,
    history.cancelled_date,
    coalesce(line.received_units, 0) as received_units,
    line.order_date,
    history.first_promised_date,
    coalesce(line.latest_date, line.promised_date) as latest_date,
    line.unit_price,
    line.po_units >= supplier.moq as is_bulk,
    line.status,
    line._batch
from line
left join {{ ref('int_goods__style') }} as style on style.style_id = line.style_id
left join {{ ref('dim_supplier') }} as supplier on supplier.supplier_code = line.supplier_code
left join {{ ref('int_stock__po_history') }} as history
    on history.po_no = line.po_no and history.line_no = line.line_no
