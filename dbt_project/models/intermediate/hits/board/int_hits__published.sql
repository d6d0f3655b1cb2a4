{#
  The indicators of the recomputed rows as they may be shown: NULL with not_available where the retailer
  exports no such feed, with dq_blocked where too few store files of the day arrived or a needed file is
  held. A reason that lies in the goods themselves goes before a block.
#}
with row_ as (
    select
        indicator.*,
        cast(cast(indicator.covered_stores as double) / nullif(indicator.eligible_stores, 0) as decimal(18, 6)) as coverage,
        run.as_of_date as last_day
    from {{ ref('int_hits__indicator') }} as indicator
    cross join {{ source('bronze', '_run') }} as run
),

stated as (
    select
        row_.*,
        {% for id, value_type, num_type, den_type in hits_indicators() -%}
        {% if id in hits_needing() -%}
        case
            when not allowed.has_{{ id }} then 'not_available'
            when row_.{{ id }}_reason in ('pre_launch', 'launch_unknown', 'not_judged', 'no_order') then row_.{{ id }}_reason
            when row_.coverage < config.coverage_min
                or (allowed.held_{{ id }} and row_.as_of_date = row_.last_day) then 'dq_blocked'
            else coalesce(row_.{{ id }}_reason, 'ok')
        end as {{ id }}_status
        {%- else -%}
        coalesce(row_.{{ id }}_reason, 'ok') as {{ id }}_status
        {%- endif -%}
        {{- ',' if not loop.last }}
        {% endfor %}
    from row_
    cross join {{ ref('int_hits__allowed') }} as allowed
    cross join {{ ref('int_hits__config') }} as config
)

select
    stated.skc_id,
    stated.as_of_date,
    {{ hits_stated_columns(hits_indicators(), 'stated') }}
    {% for name in hits_companions() -%}
    stated.{{ name }},
    {% endfor -%}
    stated.stage,
    stated.coverage
from stated
