{{ config(pre_hook="{{ forget_unless_delta('hits') }}") }}
-- What the hit rows are made of, as checksums of whole rows by key and day. What is watched is declared
-- beside the watched model. The as-of day is remembered with it.
with mark as (
    {{ watched_rows('hits', [
        'int_hits__config', 'int_hits__allowed', 'int_hits__skc', 'int_hits__season', 'int_hits__core_run',
        'int_hits__size', 'int_hits__store', 'int_hits__place', 'int_hits__eligible', 'int_hits__missing',
        'int_hits__category', 'int_hits__sale_event', 'int_hits__closing', 'int_hits__sold', 'int_hits__cancelled',
        'fct_stock_interval', 'int_hits__supply_event', 'int_hits__visitor', 'int_hits__page', 'int_hits__buyer',
        'int_hits__aged_transit', 'int_hits__size_oos', 'dim_date',
    ]) }}
    union all
    select 'as_of' as kind, '*' as key, as_of_date as day, 0 as checksum
    from {{ source('bronze', '_run') }}
)

select
    kind,
    key,
    day,
    cast(sum(checksum) as bigint) as checksum
from mark
group by kind, key, day
