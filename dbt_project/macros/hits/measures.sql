{#
  The measures of an SKC and day, by family. Each family's model yields changes by day; int_hits__skc_day
  sums them up to the day. Names: cum_ since launch, w7_ .. w28_ the last so many days, else a level.
#}
{% macro hits_cum() %}
    {{ return(['cum_net', 'cum_gross', 'cum_org_net', 'cum_org_gross', 'cum_presale', 'cum_orphan', 'cum_fullprice',
               'cum_nocost', 'cum_selling_days', 'cum_buyer_units', 'cum_amt', 'cum_tag', 'cum_exvat', 'cum_cogs']) }}
{% endmacro %}

{% macro hits_windowed() %}
    {{ return([('w7_org_net', 7, 'org_net'), ('w7_org_gross', 7, 'org_gross'), ('w7_online_orders', 7, 'online_orders'),
               ('w7_live_net', 7, 'live_net'),
               ('w14_org_gross', 14, 'org_gross'), ('w14_store_net', 14, 'store_net'),
               ('w14_online_net', 14, 'online_net'), ('w21_org_gross', 21, 'org_gross'),
               ('w28_org_net', 28, 'org_net'), ('w28_gross', 28, 'gross')]) }}
{% endmacro %}

{% macro hits_closed() %}
    {{ return(['closed_sold', 'closed_ret', 'closed_exch']) }}
{% endmacro %}

{% macro hits_supply() %}
    {{ return(['recv', 'recv_first', 'recv_reorder', 'po_first', 'po_reorder', 'presale_net', 'presale_paid_frozen',
               'presale_deposit_frozen']) }}
{% endmacro %}

{% macro hits_stock() %}
    {{ return(['onhand', 'avail', 'transit', 'dc_avail', 'dc_reserved', 'store_avail']) }}
{% endmacro %}

{% macro hits_store() %}
    {{ return(['carry_stores', 'carry_units', 'judged_stores', 'full_stores', 'judged_transit_stores',
               'full_transit_stores', 'active_base', 'active_stores', 'stranded_units']) }}
{% endmacro %}

{% macro hits_people() %}
    {{ return(['viewers', 'carters', 'cohort_buyers', 'again_buyers', 'buyers', 'loyal_buyers']) }}
{% endmacro %}

{% macro hits_money() %}
    {{ return(['cum_amt', 'cum_tag', 'cum_exvat', 'cum_cogs']) }}
{% endmacro %}

{# Sum up to the day; measures() lists every column that int_hits__skc_day sums up. #}
{% macro hits_flow() %}
    {{ return(hits_cum() + (hits_windowed() | map('first') | list)) }}
{% endmacro %}

{% macro hits_type(measure) -%}
    {{ 'decimal(18, 2)' if measure in hits_money() else 'bigint' }}
{%- endmacro %}

{# num / den as a decimal, NULL where den is 0; the engines agree on doubles only (decisions on portability). #}
{% macro hits_ratio(num, den, scale=6) -%}
    cast(cast({{ num }} as double) / nullif(cast({{ den }} as double), 0) as decimal(18, {{ scale }}))
{%- endmacro %}

{# The columns of hits.daily after its key, in order. #}
{% macro hits_daily_columns() %}
    {% set columns = [] %}
    {% for id, value_type, num_type, den_type in hits_indicators() %}
        {% do columns.append(id) %}
        {% if den_type is not none %}
            {% do columns.extend([id ~ '_num', id ~ '_den']) %}
        {% endif %}
        {% do columns.extend([id ~ '_status', id ~ '_last', id ~ '_last_date']) %}
    {% endfor %}
    {% do columns.extend(hits_companions()) %}
    {% do columns.extend(['category_return_rate', 'coverage', 'peer_group', 'peer_skcs', 'percentile_store_day',
                          'percentile_active', 'percentile_cum', 'percentile_gain', 'percentile_week',
                          'percentile_price', 'score', 'score_rank', 'level', 'stage', 'action', 'actions',
                          'action_reason_zh', 'action_reason_en']) %}
    {{ return(columns) }}
{% endmacro %}
