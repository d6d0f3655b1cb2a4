{#
  Pieces lost to empty sizes, in stores and online, by SKC and day with their windows as known on the day,
  before substitution (incremental).
#}
-- depends_on: {{ ref('int_hits__touched') }}
{{ config(materialized='incremental', incremental_strategy='hits_days', on_schema_change='fail',
          meta={'stage': 'hits', 'from_column': 'lost_calc_from', 'first_column': 'lost_row_from'}) }}
with by_day as (
    select
        touched.skc_id,
        greatest(change.day, touched.lost_calc_from) as day,
        sum(change.units) as units
    from {{ ref('int_hits__lost_change') }} as change
    inner join {{ ref('int_hits__touched') }} as touched on change.skc_id = touched.skc_id
    group by touched.skc_id, greatest(change.day, touched.lost_calc_from)
),

day as (
    select
        touched.skc_id,
        date_row.date_day as as_of_date,
        cast(
            greatest(sum(coalesce(by_day.units, 0)) over (partition by touched.skc_id order by date_row.date_day nulls last), 0)
            + coalesce(online.units, 0) as decimal(28, 12)
        ) as missed_units,
        1 as is_fresh
    from {{ ref('int_hits__touched') }} as touched
    inner join {{ ref('dim_date') }} as date_row
        on date_row.date_day >= touched.lost_calc_from and date_row.date_day <= touched.row_to
    left join by_day on touched.skc_id = by_day.skc_id and date_row.date_day = by_day.day
    left join {{ ref('int_hits__lost_online') }} as online
        on touched.skc_id = online.skc_id and date_row.date_day = online.day
    {% if is_incremental() %}
    union all
    select this.skc_id, this.as_of_date, this.missed_units, 0 as is_fresh
    from {{ this }} as this
    inner join {{ ref('int_hits__touched') }} as touched
        on this.skc_id = touched.skc_id
        and this.as_of_date >= touched.lost_row_from and this.as_of_date < touched.lost_calc_from
    where touched.lost_calc_from <= touched.row_to
    {% endif %}
),

summed as (
    select
        skc_id,
        as_of_date,
        is_fresh,
        missed_units,
        {% for days in [7, 14, 28] -%}
        cast(sum(missed_units) over (
            partition by skc_id order by as_of_date nulls last rows between {{ days - 1 }} preceding and current row
        ) as decimal(28, 12)) as missed_{{ days }}d,
        {% endfor -%}
        cast(sum(missed_units) over (partition by skc_id order by as_of_date nulls last) as decimal(28, 12)) as missed_cum
    from day
)

select skc_id, as_of_date, missed_units, missed_7d, missed_14d, missed_28d, missed_cum
from summed
where is_fresh = 1
