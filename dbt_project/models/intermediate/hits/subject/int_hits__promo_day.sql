{# Days of a promotion (the calendar's events) within the last 7 days of each day, and within the 7 before. #}
select
    date_day,
    cast(sum(case when event is not null then 1 else 0 end) over (order by date_day rows between 6 preceding and current row) as bigint)
        as promo_days_7d,
    cast(sum(case when event is not null then 1 else 0 end) over (order by date_day rows between 13 preceding and 7 preceding) as bigint)
        as promo_days_before,
    event
from {{ ref('dim_date') }}
