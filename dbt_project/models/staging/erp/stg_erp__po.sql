-- Purchase orders: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_po') }}
    {{ latest_version(['po_no', 'line_no'], ['modified_at']) }}
)

select
    latest.po_no,
    latest.line_no,
    latest.po_type,
    latest.supplier_code,
    latest.barcode,
    latest.ordered_units,
    latest.unit_price,
    latest.order_date,
    latest.promised_date,
    latest.latest_date,
    latest.received_units,
    latest.cancelled_units,
    latest.status,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
