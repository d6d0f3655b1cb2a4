{# Indicators that the definitions mark for SKC x store and SKC x channel, as in hits_indicators(). #}
{% macro hits_store_indicators() %}
    {{ return([
        ('days_since_launch', 'bigint', none, none),
        ('cum_net_units', 'bigint', none, none),
        ('net_units_7d', 'bigint', none, none),
        ('units_per_store_day', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('full_size_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('sell_through_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('store_sell_through', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('weeks_of_supply', 'decimal(18, 6)', 'bigint', 'decimal(18, 4)'),
    ]) }}
{% endmacro %}

{% macro hits_channel_indicators() %}
    {{ return([
        ('cum_net_units', 'bigint', none, none),
        ('net_units_7d', 'bigint', none, none),
        ('discount_rate', 'decimal(18, 6)', 'decimal(18, 2)', 'decimal(18, 2)'),
        ('gross_margin_rate', 'decimal(18, 6)', 'decimal(18, 2)', 'decimal(18, 2)'),
        ('return_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('view_to_cart_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
    ]) }}
{% endmacro %}

{# Numerator, denominator and reason over the columns of a part. #}
{% macro hits_store_definitions() %}
    {{ return({
        'days_since_launch': ('store_age', none,
            "coalesce(launch_reason, case when store_age is null then 'no_stock' end)"),
        'cum_net_units': ('cum_net', none, 'launch_reason'),
        'net_units_7d': ('w7_net', none, 'sale_reason'),
        'units_per_store_day': ('w14_net', 'stocked_days',
            "coalesce(sale_reason, case when stocked_days <= 0 then 'no_stock' end)"),
        'full_size_rate': ('case when is_full then 1 else 0 end', '1',
            "case when size_count < core_min_sizes then 'not_judged' when avail_units <= 0 then 'no_stock' end"),
        'sell_through_rate': ('cum_net', 'recv_units',
            "coalesce(launch_reason, case when recv_units <= 0 then 'no_stock' end)"),
        'store_sell_through': ('cum_net', 'cum_net + avail_units + transit_units',
            "coalesce(launch_reason, case when cum_net + avail_units + transit_units <= 0 then 'no_stock' end)"),
        'weeks_of_supply': ('avail_units + transit_units', 'weekly_units',
            "coalesce(sale_reason, case when weekly_units <= 0 then 'no_sales' end)"),
    }) }}
{% endmacro %}

{% macro hits_channel_definitions() %}
    {{ return({
        'cum_net_units': ('cum_net', none, 'launch_reason'),
        'net_units_7d': ('w7_org_net', none, 'sale_reason'),
        'discount_rate': ('cum_amt', 'cum_tag',
            "coalesce(launch_reason, case when cum_tag <= 0 then 'no_sales' end)"),
        'gross_margin_rate': ('cum_exvat - cum_cogs', 'cum_exvat',
            "coalesce(launch_reason, case when cum_nocost <> 0 then 'no_cost' when cum_exvat <= 0 then 'no_sales' end)"),
        'return_rate': ('closed_ret', 'closed_sold',
            "coalesce(sale_reason, case when closed_sold <= 0 then
                case when w28_gross > 0 then 'immature' else 'no_sales' end end)"),
        'view_to_cart_rate': ('carters', 'viewers',
            "case when channel_id = 'store' then 'not_available' when viewers <= 0 then 'no_views' end"),
    }) }}
{% endmacro %}

{# The columns <id>_num, <id>_den (or <id>) and <id>_reason of a list of indicators. #}
{% macro hits_part_columns(indicators, definitions) -%}
    {% for id, value_type, num_type, den_type in indicators -%}
    {% set num, den, reason = definitions[id] -%}
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
{% macro hits_statuses(relation, indicators, blocked, held='true') -%}
    {% for id, value_type, num_type, den_type in indicators -%}
    {% set need = {'store_sell_through': 'sell_through_rate'}.get(id, id) -%}
    {% if need in hits_needing() -%}
    case
        when not allowed.has_{{ need }} then 'not_available'
        when {{ relation }}.{{ id }}_reason in ('pre_launch', 'launch_unknown', 'not_judged', 'no_order')
            then {{ relation }}.{{ id }}_reason
        when {{ blocked }} or (allowed.held_{{ need }} and {{ held }}) then 'dq_blocked'
        else coalesce({{ relation }}.{{ id }}_reason, 'ok')
    end as {{ id }}_status
    {%- else -%}
    coalesce({{ relation }}.{{ id }}_reason, 'ok') as {{ id }}_status
    {%- endif -%}
    {{- ',' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{# Their values as they may be shown: none unless the status is ok, parts unless the feed is missing. #}
{% macro hits_stated_columns(indicators, relation) -%}
    {% for id, value_type, num_type, den_type in indicators -%}
    {% if den_type is none -%}
    case when {{ relation }}.{{ id }}_status = 'ok' then {{ relation }}.{{ id }} end as {{ id }},
    {% else -%}
    case when {{ relation }}.{{ id }}_status = 'ok'
        then cast({{ hits_ratio(relation ~ '.' ~ id ~ '_num', relation ~ '.' ~ id ~ '_den') }}
            {{- ' - 1' if id == 'wow_growth' }} as {{ value_type }}) end as {{ id }},
    case when {{ relation }}.{{ id }}_status not in ('not_available', 'dq_blocked') then {{ relation }}.{{ id }}_num end as {{ id }}_num,
    case when {{ relation }}.{{ id }}_status not in ('not_available', 'dq_blocked') then {{ relation }}.{{ id }}_den end as {{ id }}_den,
    {% endif -%}
    {{ relation }}.{{ id }}_status,
    {% endfor %}
{%- endmacro %}

{# The state of an SKC in a store: sales of 14 days by what its stock allows (seeds/hit_store_states.csv). #}
{% macro hits_store_state() -%}
    case
        when avail_units + transit_units <= 0 then case when w14_net >= 1 then 'sale_no_stock' else 'no_sale_no_stock' end
        when w14_net < 1 then case when is_full_transit or not is_judged then 'no_sale_full' else 'no_sale_broken' end
        when avail_units > 0 and (is_full or not is_judged) then 'sale_full'
        when is_full_transit or not is_judged then 'sale_full_transit'
        else 'sale_broken'
    end
{%- endmacro %}
