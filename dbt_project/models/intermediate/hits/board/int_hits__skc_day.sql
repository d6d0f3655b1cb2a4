{#
  Measures of each SKC and day as they were known on that day (incremental): the changes of all families
  summed up from calc_from on. Rows: see int_hits__skc; a pre-launch SKC has a row while it has presales,
  an unjudged one while it has stock or a sale in the last days.
#}
-- depends_on: {{ ref('int_hits__touched') }}
{{ config(materialized='incremental', incremental_strategy='hits_days', on_schema_change='fail',
          meta={'from_column': 'calc_from'}) }}
{% set families = [('flow', 'int_hits__flow', hits_flow()), ('closed', 'int_hits__closed', hits_closed()),
                   ('supply', 'int_hits__supply', hits_supply()), ('stock', 'int_hits__stock', hits_stock()),
                   ('stores', 'int_hits__store_count', hits_store()),
                   ('people', 'int_hits__people', hits_people())] %}
with day as (
    select touched.skc_id, date_row.date_day as as_of_date
    from {{ ref('int_hits__touched') }} as touched
    inner join {{ ref('dim_date') }} as date_row
        on date_row.date_day >= touched.calc_from and date_row.date_day <= touched.row_to
),

summed as (
    select
        day.skc_id,
        day.as_of_date,
        {% for family, model, measures in families %}{% for measure in measures -%}
        cast(coalesce(sum({{ family }}.{{ measure }}) over to_day, 0) as {{ hits_type(measure) }}) as {{ measure }},
        {% endfor %}{% endfor -%}
        coalesce(stocked.stocked_stores, 0) as stocked_stores,
        coalesce(stocked.stocked_store_days, 0) as stocked_store_days
    from day
    {% for family, model, measures in families -%}
    left join {{ ref(model) }} as {{ family }}
        on day.skc_id = {{ family }}.skc_id and day.as_of_date = {{ family }}.day
    {% endfor -%}
    left join {{ ref('int_hits__stocked_days') }} as stocked
        on day.skc_id = stocked.skc_id and day.as_of_date = stocked.day
    window to_day as (partition by day.skc_id order by day.as_of_date)
)

select
    summed.skc_id,
    summed.as_of_date,
    case when skc.is_judged then {{ hits_days('skc.launch_date', 'summed.as_of_date') }} + 1 end as age,
    {% for family, model, measures in families %}{% for measure in measures -%}
    summed.{{ measure }},
    {% endfor %}{% endfor -%}
    summed.stocked_stores,
    summed.stocked_store_days,
    coalesce(eligible.eligible_stores, 0) as eligible_stores,
    coalesce(eligible.covered_stores, 0) as covered_stores
from summed
inner join {{ ref('int_hits__skc') }} as skc on summed.skc_id = skc.skc_id
cross join {{ ref('int_hits__config') }} as config
left join {{ ref('int_hits__eligible_day') }} as eligible
    on skc.plan_key = eligible.plan_key
    and summed.as_of_date >= eligible.day_from and summed.as_of_date < eligible.day_to
where case
        when skc.is_judged and summed.as_of_date >= skc.launch_date then true
        when skc.is_judged or skc.launch_status = 'pre_launch' then summed.presale_net > 0
        else summed.onhand > 0 or summed.w28_gross > 0
    end
