-- Days from the first calendar year to the last, with the retailer's own calendar where it gives one.
{%- set first_day = var('calendar_from') %}
with day as (
    select cast(date '{{ first_day }}' + cast(number.i as int) * interval '1' day as date) as date_day
    from {{ number_series(var('calendar_days')) }} as number
)

select
    day.date_day,
    {{ iso_year('day.date_day') }} as iso_year,
    {{ iso_week('day.date_day') }} as iso_week,
    coalesce(
        calendar.retail_week,
        cast({{ iso_year('day.date_day') }} * 100 + {{ iso_week('day.date_day') }} as string)
    ) as retail_week,
    calendar.season,
    calendar.holiday,
    calendar.event,
    -- 2000-01-03 was a Monday.
    ({{ dbt.datediff("cast('2000-01-03' as date)", 'day.date_day', 'day') }} + 7000) % 7 >= 5 as is_weekend
from day
left join {{ ref('stg_ops__calendar') }} as calendar on calendar.calendar_date = day.date_day
