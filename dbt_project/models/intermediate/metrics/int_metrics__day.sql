{#
  Days from the first sale to the last closed business day, with their retail week and the week a year
  later that they are compared with: the same week number, days counted from the week's first day. A week
  of last year that began before the history did is compared with nothing.
#}
with bound as (
    select
        (select min(sale_date) from {{ ref('fct_sale_line') }}) as first_day,
        (select max(as_of_date) from {{ source('bronze', '_run') }}) as as_of_date
),

week as (
    select
        day.retail_week,
        min(day.date_day) as week_start,
        max(case when day.date_day <= bound.as_of_date then day.date_day end) as last_day,
        cast(count(case when day.date_day <= bound.as_of_date then 1 end) as bigint) as days_passed,
        cast(count(*) as bigint) as days_in_week,
        max(bound.first_day) as first_day,
        cast(try_cast(substr(day.retail_week, 1, 4) as int) - 1 as {{ dbt.type_string() }})
            || substr(day.retail_week, 5) as same_week_last_year
    from {{ ref('dim_date') }} as day
    cross join bound
    group by day.retail_week
),

numbered as (
    select
        week.retail_week, week.week_start, week.last_day, week.days_passed, week.days_in_week,
        case when earlier.week_start >= week.first_day then earlier.retail_week end as last_year_week,
        cast(row_number() over (order by week.week_start desc) - 1 as bigint) as weeks_ago
    from week
    left join week as earlier on earlier.retail_week = week.same_week_last_year
    where week.last_day >= week.first_day and week.days_passed > 0
)

select
    day.date_day,
    numbered.retail_week,
    numbered.week_start,
    numbered.last_day,
    numbered.days_passed,
    numbered.weeks_ago,
    numbered.last_year_week,
    later.retail_week as next_year_week
from {{ ref('dim_date') }} as day
inner join numbered on numbered.retail_week = day.retail_week
-- A week that is not over is compared with as many days; a whole one with the whole week, however long.
left join numbered as later
    on later.last_year_week = day.retail_week
    and (
        later.days_passed = later.days_in_week
        or {{ dbt.datediff('numbered.week_start', 'day.date_day', 'day') }} < later.days_passed
    )
where day.date_day <= numbered.last_day
