{# Pieces lost to empty sizes, in stores and online, by SKC and recomputed day, before substitution. #}
with by_day as (
    select
        touched.skc_id,
        greatest(change.day, touched.lost_calc_from) as day,
        sum(change.units) as units
    from {{ ref('int_hits__lost_change') }} as change
    inner join {{ ref('int_hits__touched') }} as touched on change.skc_id = touched.skc_id
    group by touched.skc_id, greatest(change.day, touched.lost_calc_from)
),

spread as (
    select
        touched.skc_id,
        date_row.date_day as as_of_date,
        sum(coalesce(by_day.units, 0)) over (partition by touched.skc_id order by date_row.date_day) as units
    from {{ ref('int_hits__touched') }} as touched
    inner join {{ ref('dim_date') }} as date_row
        on date_row.date_day >= touched.lost_calc_from and date_row.date_day <= touched.row_to
    left join by_day on touched.skc_id = by_day.skc_id and date_row.date_day = by_day.day
),

together as (
    select skc_id, as_of_date, units from spread where units > 0
    union all
    select online.skc_id, online.day, online.units
    from {{ ref('int_hits__lost_online') }} as online
    inner join {{ ref('int_hits__touched') }} as touched
        on online.skc_id = touched.skc_id
        and online.day >= touched.lost_calc_from and online.day <= touched.row_to
)

select skc_id, as_of_date, cast(sum(units) as decimal(28, 12)) as missed_units
from together
group by skc_id, as_of_date
