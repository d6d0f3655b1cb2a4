-- Exclusion lists that land as files: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'ops_exclusion') }}
    {{ latest_version(['kind', 'excluded_key']) }}
)

select
    latest.kind,
    latest.excluded_key,
    latest.note,
    latest._file_id,
    latest._file_date,
    latest._file_seq,
    latest._batch
from latest
