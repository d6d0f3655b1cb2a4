{#
  Stocked store-days of the last 14 days by SKC and day: stores stocked on each day without those whose
  sales of the day have not arrived, summed over the window.
#}
with change as (
    select skc_id, day_from as day, 1 as stores from {{ ref('int_hits__stocked') }}
    union all
    select skc_id, day_to as day, -1 as stores from {{ ref('int_hits__stocked') }}
    union all
    select stocked.skc_id, missing.biz_date as day, -1 as stores
    from {{ ref('int_hits__stocked') }} as stocked
    inner join {{ ref('int_hits__missing') }} as missing
        on stocked.store_code = missing.store_code
        and missing.biz_date >= stocked.day_from and missing.biz_date < stocked.day_to
    union all
    select stocked.skc_id, {{ hits_add_days('missing.biz_date', 1) }} as day, 1 as stores
    from {{ ref('int_hits__stocked') }} as stocked
    inner join {{ ref('int_hits__missing') }} as missing
        on stocked.store_code = missing.store_code
        and missing.biz_date >= stocked.day_from and missing.biz_date < stocked.day_to
),

by_day as (
    select
        touched.skc_id,
        greatest(change.day, {{ hits_add_days('touched.calc_from', -13) }}) as day,
        sum(change.stores) as stores
    from change
    inner join {{ ref('int_hits__touched') }} as touched on change.skc_id = touched.skc_id
    group by touched.skc_id, greatest(change.day, {{ hits_add_days('touched.calc_from', -13) }})
),

stocked as (
    select
        touched.skc_id,
        date_row.date_day as day,
        sum(coalesce(by_day.stores, 0)) over (partition by touched.skc_id order by date_row.date_day nulls last) as stores
    from {{ ref('int_hits__touched') }} as touched
    inner join {{ ref('dim_date') }} as date_row
        on date_row.date_day >= {{ hits_add_days('touched.calc_from', -13) }}
        and date_row.date_day <= touched.row_to
    left join by_day on touched.skc_id = by_day.skc_id and date_row.date_day = by_day.day
    where touched.calc_from <= touched.row_to
)

select
    skc_id,
    day,
    cast(stores as bigint) as stocked_stores,
    cast(sum(stores) over (partition by skc_id order by day nulls last rows between 13 preceding and current row) as bigint)
        as stocked_store_days
from stocked
