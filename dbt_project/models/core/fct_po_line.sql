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
),

-- What the latest version of a line no longer says: the delivery date promised first, and the day on which
-- its cancelled pieces were first reported.
version as (
    select
        po.po_no,
        po.line_no,
        po.promised_date,
        coalesce(po.cancelled_units, 0) as cancelled_units,
        coalesce(cast(po.modified_at as date), po._file_date) as seen_on,
        row_number() over (
            partition by po.po_no, po.line_no
            order by po.modified_at nulls last, po._file_date nulls last, po._file_seq nulls last, po._content_hash nulls last
        ) as version_no
    from {{ source('bronze', 'erp_po') }} as po
),

promise as (
    select
        po_no,
        line_no,
        promised_date
    from version
    where promised_date is not null
    qualify row_number() over (partition by po_no, line_no order by version_no nulls last) = 1
),

cancellation as (
    select
        version.po_no,
        version.line_no,
        min(version.seen_on) as cancelled_date
    from version
    inner join line as latest
        on latest.po_no = version.po_no and latest.line_no = version.line_no
    where version.cancelled_units > 0 and version.cancelled_units >= latest.cancelled_units
    group by version.po_no, version.line_no
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
    case when coalesce(line.cancelled_units, 0) > 0 then cancellation.cancelled_date end as cancelled_date,
    coalesce(line.received_units, 0) as received_units,
    line.order_date,
    promise.promised_date as first_promised_date,
    coalesce(line.latest_date, line.promised_date) as latest_date,
    line.unit_price,
    line.po_units >= supplier.moq as is_bulk,
    line.status,
    line._batch
from line
left join {{ ref('int_goods__style') }} as style on style.style_id = line.style_id
left join {{ ref('dim_supplier') }} as supplier on supplier.supplier_code = line.supplier_code
left join promise on promise.po_no = line.po_no and promise.line_no = line.line_no
left join cancellation on cancellation.po_no = line.po_no and cancellation.line_no = line.line_no
