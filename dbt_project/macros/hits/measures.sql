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

{# Indicators that need feeds (seeds/hit_needs.csv); days since launch and life progress need none. #}
{% macro hits_needing() %}
    {{ return(['cum_net_units', 'net_units_7d', 'units_per_store_day', 'store_active_rate', 'same_age_index',
               'distribution_rate', 'distribution_depth', 'full_size_rate', 'sell_through_rate', 'weeks_of_supply',
               'presale_ratio', 'reorder_rate', 'discount_rate', 'gross_margin_rate', 'return_rate', 'wow_growth',
               'lost_units_7d', 'forecast_w3', 'forecast_w4', 'repurchase_rate', 'view_to_cart_rate']) }}
{% endmacro %}

{# num / den as a decimal, NULL where den is 0; the engines agree on doubles only (decisions on portability). #}
{% macro hits_ratio(num, den, scale=6) -%}
    cast(cast({{ num }} as double) / nullif(cast({{ den }} as double), 0) as decimal(18, {{ scale }}))
{%- endmacro %}

{#
  The indicators of a row: id, type of the value, of the numerator and of the denominator (none: no ratio).
  This list makes the columns of int_hits__published, hits.daily and hits.board.
#}
{% macro hits_indicators() %}
    {{ return([
        ('days_since_launch', 'bigint', none, none),
        ('lifecycle_progress', 'decimal(18, 6)', 'bigint', 'decimal(18, 2)'),
        ('cum_net_units', 'bigint', none, none),
        ('net_units_7d', 'bigint', none, none),
        ('units_per_store_day', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('store_active_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('wow_growth', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('same_age_index', 'decimal(18, 6)', 'bigint', 'decimal(18, 6)'),
        ('distribution_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('distribution_depth', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('full_size_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('sell_through_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('weeks_of_supply', 'decimal(18, 6)', 'bigint', 'decimal(18, 4)'),
        ('lost_units_7d', 'decimal(18, 2)', none, none),
        ('presale_ratio', 'decimal(18, 6)', 'decimal(18, 2)', 'bigint'),
        ('reorder_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('forecast_w3', 'decimal(18, 2)', none, none),
        ('forecast_w4', 'decimal(18, 2)', none, none),
        ('discount_rate', 'decimal(18, 6)', 'decimal(18, 2)', 'decimal(18, 2)'),
        ('gross_margin_rate', 'decimal(18, 6)', 'decimal(18, 2)', 'decimal(18, 2)'),
        ('return_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('repurchase_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('view_to_cart_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
    ]) }}
{% endmacro %}

{# Values beside the indicators: column, expression over the measures (day), the SKC (skc) and score. #}
{% macro hits_companions() %}
    {{ return(['days_in_window', 'fullprice_sell_through', 'sell_through_first_order', 'full_size_rate_transit',
               'slope_weekly', 'remaining_weeks', 'expected_life_days', 'life_source', 'reorder_open_units',
               'presale_due_units', 'presale_deposit_units', 'exchange_units', 'orphan_return_units', 'recv_units',
               'onhand_units', 'avail_units', 'transit_units', 'dc_avail_units', 'store_avail_units', 'eligible_stores',
               'carry_stores', 'online_orders_7d', 'online_units_14d', 'store_units_14d', 'wow_growth_adj', 'weeks_of_supply_adj',
               'lost_units_7d_lo', 'lost_units_7d_hi', 'lost_sales_rate', 'is_supply_capped', 'forecast_method',
               'forecast_naive', 'forecast_w3_lo', 'forecast_w3_hi', 'forecast_w4_lo', 'forecast_w4_hi', 'actual_w3',
               'actual_w4', 'suggested_reorder_units', 'stranded_units', 'repeat_buyer_share', 'buyer_coverage', 'size_oos_views',
               'promo_days_7d', 'promo_days_before']) }}
{% endmacro %}

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
