-- Which store files were expected and came. Expected: own stores with a POS, on the days they trade.
-- Arrived: a receipt of that store and day, or a POS file of that store and day, empty or not, or a
-- history file that holds the store and spans the day: a quiet day leaves no rows in it.
with seen as (
    select
        row_seen._file_id,
        coalesce(store_map.new_code, row_seen.store_code) as store_code,
        row_seen.biz_date
    from (
        select _file_id, store_code, biz_date from {{ source('bronze', 'pos_receipt') }}
        union
        select _file_id, store_code, biz_date from {{ source('bronze', 'pos_receipt_line') }}
    ) as row_seen
    {{ map_join('store', 'row_seen.store_code', 'store_map') }}
),

history_file as (
    select
        _file_id,
        min(biz_date) as first_day,
        max(biz_date) as last_day
    from seen
    group by _file_id
    having count(distinct biz_date) >= {{ threshold('history_file_days') }}
),

came as (
    select
        store_code,
        biz_date
    from seen
    union
    select
        seen.store_code,
        calendar.date_day
    from (select distinct _file_id, store_code from seen) as seen  -- a store has many days in a file
    inner join history_file on history_file._file_id = seen._file_id
    inner join {{ ref('dim_date') }} as calendar
        on calendar.date_day >= history_file.first_day and calendar.date_day <= history_file.last_day
    union
    select
        coalesce(store_map.new_code, file.file_seq),
        file.file_date
    from {{ source('bronze', '_file') }} as file
    inner join {{ ref('int_place__store') }} as store on store.store_code = file.file_seq
    {{ map_join('store', 'file.file_seq', 'store_map') }}
    where file.feed in ('pos_receipt', 'pos_receipt_line')
),

span as (
    select
        min(came.biz_date) as first_day,
        max(run.as_of_date) as last_day
    from came
    cross join {{ source('bronze', '_run') }} as run
),

expected as (
    select
        store.store_code,
        calendar.date_day as biz_date
    from {{ ref('int_place__store') }} as store
    inner join {{ ref('dim_date') }} as calendar
        on calendar.date_day >= coalesce(store.open_date, calendar.date_day)
        and calendar.date_day <= coalesce(store.close_date, calendar.date_day)
    inner join span
        on calendar.date_day >= span.first_day and calendar.date_day <= span.last_day
    where store.has_pos and store.ownership = 'own'
)

select
    coalesce(expected.store_code, came.store_code) as store_code,
    coalesce(expected.biz_date, came.biz_date) as biz_date,
    expected.store_code is not null as is_expected,
    came.store_code is not null as is_arrived
from expected
full outer join came
    on came.store_code = expected.store_code and came.biz_date = expected.biz_date
