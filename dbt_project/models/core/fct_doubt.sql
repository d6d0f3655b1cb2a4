-- What the records themselves leave in doubt: documents without their other half, sums that don't fit,
-- prices that contradict each other. Facts keep these rows; here they are listed with the days waited.
with every as (
    select * from {{ ref('int_doubts__return') }}
    union all
    select * from {{ ref('int_doubts__reversal') }}
    union all
    select * from {{ ref('int_doubts__price') }}
),

as_of as (
    select max(as_of_date) as day from {{ source('bronze', '_run') }}
)

select
    every.doubt_kind || '|' || every.document as doubt_id,
    every.doubt_kind,
    every.document,
    every.other_document,
    every.channel_id,
    every.store_code,
    every.skc_id,
    every.doubt_date,
    cast(every.doubt_units as bigint) as doubt_units,
    cast(every.doubt_amt as decimal(18, 2)) as doubt_amt,
    cast({{ dbt.datediff('every.doubt_date', 'as_of.day', 'day') }} as bigint) as days_open,
    coalesce({{ dbt.datediff('every.doubt_date', 'as_of.day', 'day') }}
        > {{ threshold_count('doubt_wait_days') }}, false) as is_overdue
from every
cross join as_of
