{#
  Hit indicators by SKC and day as they were known on that day (incremental; grain skc_id, as_of_date).
  The last good value of a blocked indicator is looked for in the days before.
#}
-- depends_on: {{ ref('int_hits__touched') }}
{{ config(materialized='incremental', incremental_strategy='hits_days', on_schema_change='fail',
          meta={'stage': 'hits', 'from_column': 'score_from'}) }}
with blocked as (
    select skc_id, as_of_date
    from {{ ref('int_hits__published') }}
    where {% for id, value_type, num_type, den_type in hits_indicators() -%}
        {{ id }}_status = 'dq_blocked' {{ 'or ' if not loop.last }}
        {%- endfor %}
),

history as (
    select skc_id, as_of_date
        {%- for id, value_type, num_type, den_type in hits_indicators() %}, {{ id }}{% endfor %}
    from {{ ref('int_hits__published') }}
    {% if is_incremental() %}
    union all
    select this.skc_id, this.as_of_date
        {%- for id, value_type, num_type, den_type in hits_indicators() %}, this.{{ id }}{% endfor %}
    from {{ this }} as this
    inner join {{ ref('int_hits__touched') }} as touched
        on this.skc_id = touched.skc_id
        -- Days that are no longer kept are not looked at: the same night again, and a full refresh, don't have them.
        and this.as_of_date >= touched.row_from and this.as_of_date < touched.score_from
    {% endif %}
),

last_good as (
    select
        blocked.skc_id,
        blocked.as_of_date,
        {% for id, value_type, num_type, den_type in hits_indicators() -%}
        max_by(history.{{ id }}, history.as_of_date) filter (where history.{{ id }} is not null) as {{ id }}_last,
        max(history.as_of_date) filter (where history.{{ id }} is not null) as {{ id }}_last_date
        {{- ',' if not loop.last }}
        {% endfor %}
    from blocked
    cross join {{ ref('int_hits__config') }} as config
    inner join history
        on blocked.skc_id = history.skc_id
        and history.as_of_date < blocked.as_of_date
        and history.as_of_date >= {{ hits_add_days('blocked.as_of_date', '-config.last_good_days') }}
    group by blocked.skc_id, blocked.as_of_date
)

select
    cast(published.skc_id as {{ dbt.type_string() }}) as skc_id,
    published.as_of_date,
    {% for id, value_type, num_type, den_type in hits_indicators() -%}
    published.{{ id }},
    {% if den_type is not none -%}
    published.{{ id }}_num,
    published.{{ id }}_den,
    {% endif -%}
    published.{{ id }}_status,
    cast(case when published.{{ id }}_status = 'dq_blocked' then last_good.{{ id }}_last end as {{ value_type }}) as {{ id }}_last,
    cast(case when published.{{ id }}_status = 'dq_blocked' then last_good.{{ id }}_last_date end as date) as {{ id }}_last_date,
    {% endfor -%}
    {% for name in hits_companions() -%}
    published.{{ name }},
    {% endfor -%}
    action.category_return_rate,
    published.coverage,
    score.peer_group,
    score.peer_skcs,
    {% for part in ['store_day', 'active', 'cum', 'gain', 'week', 'price'] -%}
    score.p_{{ part }} as percentile_{{ part }},
    {% endfor -%}
    case when action.level <> 'unjudged' then score.score end as score,
    case when action.level <> 'unjudged' then score.score_rank end as score_rank,
    action.level,
    published.stage,
    action.action,
    action.actions,
    action.action_reason_zh,
    action.action_reason_en
from {{ ref('int_hits__published') }} as published
inner join {{ ref('int_hits__action') }} as action
    on published.skc_id = action.skc_id and published.as_of_date = action.as_of_date
left join {{ ref('int_hits__skc_score') }} as score
    on published.skc_id = score.skc_id and published.as_of_date = score.as_of_date
left join last_good
    on published.skc_id = last_good.skc_id and published.as_of_date = last_good.as_of_date
