-- Which store files were expected and came. Expected: own stores with a POS, on the days they trade.
-- Arrived: a receipt of that store and day, or a POS file of that store and day, empty or not.
with came as (
    select store_code, biz_date from {{ ref('stg_pos__receipt') }}
    union
    select store_code, biz_date from {{ ref('stg_pos__receipt_line') }}
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
