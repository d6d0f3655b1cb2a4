-- Online refunds: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'ec_refund') }}
    {{ only_touched('facts', 'int_touched__order', ['platform', 'order_no']) }}
    {{ latest_version(['platform', 'refund_no'], ['modified_at']) }}
)

select
    latest.platform,
    latest.refund_no,
    latest.order_no,
    latest.platform || '|' || latest.order_no as order_id,
    latest.line_no,
    latest.refund_type,
    latest.qty,
    latest.requested_at,
    latest.agreed_at,
    latest.sent_back_at,
    latest.received_at,
    latest.done_at,
    latest.asked_amt,
    latest.refund_amt,
    latest.reason,
    latest.status,
    coalesce(return_to_map.new_code, latest.return_to) as return_to,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.return_to', 'return_to_map') }}
