-- Retail calendar: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'ops_calendar') }}
    {{ latest_version(['calendar_date']) }}
)

select
    latest.calendar_date,
    latest.retail_week,
    latest.season,
    latest.holiday,
    latest.event,
    latest.lunar,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
