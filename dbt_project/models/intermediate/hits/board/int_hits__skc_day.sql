{#
  Measures of each SKC and day as they were known on that day (incremental): the changes of all families
  summed up from calc_from on. Rows: see int_hits__skc; a pre-launch SKC has a row while it has presales,
  an unjudged one while it has stock or a sale in the last days.
#}
-- depends_on: {{ ref('int_hits__touched') }}
{{ config(materialized='incremental', incremental_strategy='hits_days', on_schema_change='fail',
          meta={'stage': 'hits', 'from_column': 'calc_from'}) }}
{% set families = [('flow', ref('int_hits__flow'), hits_flow() + hits_closed()), ('supply', 'supply', hits_supply()),
                   ('stock', ref('int_hits__stock'), hits_stock() + hits_store()),
                   ('people', 'people', hits_people())] %}
{% set kinds = {'viewers': 'pdp_view', 'carters': 'add_cart', 'cohort_buyers': 'cohort', 'again_buyers': 'again',
                'buyers': 'buyer', 'loyal_buyers': 'loyal'} %}
with supply as (
    select
        touched.skc_id,
        greatest(event.day, touched.calc_from) as day,
        {% for measure in hits_supply() -%}
        sum(event.{{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_hits__supply_event') }} as event
    inner join {{ ref('int_hits__touched') }} as touched on event.skc_id = touched.skc_id
    where touched.calc_from <= touched.row_to and event.day <= touched.row_to
    group by touched.skc_id, greatest(event.day, touched.calc_from)
),

people as (
    select
        touched.skc_id,
        greatest(change.day, touched.calc_from) as day,
        {% for measure in hits_people() -%}
        sum(case when change.kind = '{{ kinds[measure] }}' then change.people else 0 end) as {{ measure }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from (
        select skc_id, kind, day, people from {{ ref('int_hits__visitor') }}
        union all
        select skc_id, kind, day, people from {{ ref('int_hits__buyer') }}
    ) as change
    inner join {{ ref('int_hits__touched') }} as touched on change.skc_id = touched.skc_id
    where touched.calc_from <= touched.row_to and change.day <= touched.row_to
    group by touched.skc_id, greatest(change.day, touched.calc_from)
),

-- Eligible stores of each plan by day, and how many of them sent their file (rule D7, coverage).
store_change as (
    select plan_key, day_from as day, 1 as eligible, 0 as missing
    from {{ ref('int_hits__eligible') }}
    union all
    select plan_key, day_to as day, -1 as eligible, 0 as missing
    from {{ ref('int_hits__eligible') }}
    {% for sign, day in [('', 'missing.biz_date'), ('-', hits_add_days('missing.biz_date', 1))] -%}
    union all
    select eligible.plan_key, {{ day }} as day, 0 as eligible, {{ sign }}1 as missing
    from {{ ref('int_hits__missing') }} as missing
    inner join {{ ref('int_hits__eligible') }} as eligible
        on missing.store_code = eligible.store_code
        and missing.biz_date >= eligible.day_from and missing.biz_date < eligible.day_to
    {% endfor %}
),

eligible as (
    {{ hits_spans('store_change', ['plan_key'], ['eligible', 'missing'], until="date '9999-12-31'") }}
),

day as (
    select touched.skc_id, date_row.date_day as as_of_date
    from {{ ref('int_hits__touched') }} as touched
    inner join {{ ref('dim_date') }} as date_row
        on date_row.date_day >= touched.calc_from and date_row.date_day <= touched.row_to
),

summed as (
    select
        day.skc_id,
        day.as_of_date,
        {% for family, relation, measures in families %}{% for measure in measures -%}
        cast(coalesce(sum({{ family }}.{{ measure }}) over to_day, 0) as {{ hits_type(measure) }}) as {{ measure }},
        {% endfor %}{% endfor -%}
        coalesce(stocked.stocked_stores, 0) as stocked_stores,
        coalesce(stocked.stocked_store_days, 0) as stocked_store_days
    from day
    {% for family, relation, measures in families -%}
    left join {{ relation }}{{ '' if relation == family else ' as ' ~ family }}
        on day.skc_id = {{ family }}.skc_id and day.as_of_date = {{ family }}.day
    {% endfor -%}
    left join {{ ref('int_hits__stocked_days') }} as stocked
        on day.skc_id = stocked.skc_id and day.as_of_date = stocked.day
    window to_day as (partition by day.skc_id order by day.as_of_date nulls last)
)

select
    summed.skc_id,
    summed.as_of_date,
    case when skc.is_judged then {{ hits_days('skc.launch_date', 'summed.as_of_date') }} + 1 end as age,
    {% for family, relation, measures in families %}{% for measure in measures -%}
    summed.{{ measure }},
    {% endfor %}{% endfor -%}
    summed.stocked_stores,
    summed.stocked_store_days,
    coalesce(eligible.eligible, 0) as eligible_stores,
    coalesce(eligible.eligible - eligible.missing, 0) as covered_stores
from summed
inner join {{ ref('int_hits__skc') }} as skc on summed.skc_id = skc.skc_id
cross join {{ ref('int_hits__config') }} as config
left join eligible
    on skc.plan_key = eligible.plan_key
    and summed.as_of_date >= eligible.day_from and summed.as_of_date < eligible.day_to
where case
        when skc.is_judged and summed.as_of_date >= skc.launch_date then true
        when skc.is_judged or skc.launch_status = 'pre_launch' then summed.presale_net > 0
        else summed.onhand > 0 or summed.w28_gross > 0
    end
