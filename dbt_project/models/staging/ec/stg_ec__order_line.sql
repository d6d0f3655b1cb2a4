-- Online order lines: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'ec_order_line') }}
    {{ only_touched('facts', 'int_touched__order', ['platform', 'order_no']) }}
    {{ latest_version(['platform', 'order_no', 'line_no'], ['modified_at']) }}
)

select
    latest.platform,
    latest.order_no,
    latest.platform || '|' || latest.order_no as order_id,
    latest.line_no,
    latest.item_id,
    latest.barcode,
    latest.spec_text,
    latest.qty,
    latest.unit_price,
    latest.sale_amt,
    latest.refund_status,
    latest.ship_status,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
