-- Presale orders: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'ec_presale') }}
    {{ latest_version(['campaign', 'order_no', 'barcode'], ['modified_at']) }}
)

select
    latest.campaign,
    latest.platform,
    latest.order_no,
    latest.barcode,
    latest.deposit_at,
    latest.balance_at,
    latest.qty,
    latest.status,
    latest.cancelled_at,
    latest.promised_ship_date,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
