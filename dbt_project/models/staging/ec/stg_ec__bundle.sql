-- Bundle contents: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'ec_bundle') }}
    {{ latest_version(['bundle_code', 'barcode']) }}
)

select
    latest.bundle_code,
    latest.barcode,
    latest.qty,
    latest.share,
    latest._file_id,
    latest._file_date,
    latest._file_seq,
    latest._batch
from latest
