{#
  What the company's, a region's, a store's and a channel's indicators have in common: their columns, made of the
  definitions of a grain (macros/hits/catalogue.sql) over the inputs that a model gathers at that grain.
#}

{# The columns <id>_num, <id>_den (or <id>) and <id>_reason of a grain's indicators. #}
{% macro hits_part_columns(grain) -%}
    {% for id, value_type, num_type, den_type in hits_indicators(grain) -%}
    {% set num, den, reason = hits_definitions(grain)[id] -%}
    {% if den_type is none -%}
    cast({{ num }} as {{ value_type }}) as {{ id }},
    {% else -%}
    cast({{ num }} as {{ num_type }}) as {{ id }}_num,
    cast({{ den }} as {{ den_type }}) as {{ id }}_den,
    {% endif -%}
    {{ reason }} as {{ id }}_reason
    {{- ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{#
  The columns <id>_status: a missing feed first, then a reason that lies in the goods themselves, then what
  blocks a value, a file of a needed feed that is held among it where ``held`` is true.
#}
{% macro hits_statuses(grain, relation, blocked, held='true') -%}
    {% for id, value_type, num_type, den_type in hits_indicators(grain) -%}
    {% if id in hits_needing() -%}
    case
        when not allowed.has_{{ id }} then 'not_available'
        when {{ relation }}.{{ id }}_reason in ('pre_launch', 'launch_unknown', 'not_judged', 'no_order')
            then {{ relation }}.{{ id }}_reason
        when {{ blocked }} or (allowed.held_{{ id }} and {{ held }}) then 'dq_blocked'
        else coalesce({{ relation }}.{{ id }}_reason, 'ok')
    end as {{ id }}_status
    {%- else -%}
    coalesce({{ relation }}.{{ id }}_reason, 'ok') as {{ id }}_status
    {%- endif -%}
    {{- ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{# Their values as they may be shown: none unless the status is ok, parts unless the feed is missing. #}
{% macro hits_stated_columns(grain, relation) -%}
    {% for id, value_type, num_type, den_type in hits_indicators(grain) -%}
    {% if den_type is none -%}
    case when {{ relation }}.{{ id }}_status = 'ok' then {{ relation }}.{{ id }} end as {{ id }},
    {% else -%}
    case when {{ relation }}.{{ id }}_status = 'ok'
        then cast({{ hits_ratio(relation ~ '.' ~ id ~ '_num', relation ~ '.' ~ id ~ '_den') }}
            {{- ' - ' ~ hits_less()[id] if id in hits_less() }} as {{ value_type }}) end as {{ id }},
    case when {{ relation }}.{{ id }}_status not in ('not_available', 'dq_blocked') then {{ relation }}.{{ id }}_num end as {{ id }}_num,
    case when {{ relation }}.{{ id }}_status not in ('not_available', 'dq_blocked') then {{ relation }}.{{ id }}_den end as {{ id }}_den,
    {% endif -%}
    {{ relation }}.{{ id }}_status,
    {% endfor %}
{%- endmacro %}

{# The state of an SKC in a store: sales of 14 days by what its stock allows (seeds/catalogue/hit_store_states.csv). #}
{% macro hits_store_state() -%}
    case
        when avail_units + transit_units <= 0 then case when w14_net >= 1 then 'sale_no_stock' else 'no_sale_no_stock' end
        when w14_net < 1 then case when is_full_transit or not is_judged then 'no_sale_full' else 'no_sale_broken' end
        when avail_units > 0 and (is_full or not is_judged) then 'sale_full'
        when is_full_transit or not is_judged then 'sale_full_transit'
        else 'sale_broken'
    end
{%- endmacro %}
