{# Indicators that the definitions mark for SKC x region, as in hits_indicators(). #}
{% macro hits_region_indicators() %}
    {{ return([
        ('cum_net_units', 'bigint', none, none),
        ('net_units_7d', 'bigint', none, none),
        ('units_per_store_day', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('store_active_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('distribution_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('distribution_depth', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('full_size_rate', 'decimal(18, 6)', 'bigint', 'bigint'),
        ('weeks_of_supply', 'decimal(18, 6)', 'bigint', 'decimal(18, 4)'),
        ('lost_units_7d', 'decimal(18, 2)', none, none),
    ]) }}
{% endmacro %}

{# Numerator, denominator and reason over the rows of hits.region_board. #}
{% macro hits_region_definitions() %}
    {{ return({
        'cum_net_units': ('cum_net', none, 'launch_reason'),
        'net_units_7d': ('w7_net', none, 'sale_reason'),
        'units_per_store_day': ('w14_net', 'stocked_store_days',
            "coalesce(sale_reason, case when stocked_store_days <= 0 then 'no_stock' end)"),
        'store_active_rate': ('active_stores', 'active_base',
            "coalesce(sale_reason, case when active_base <= 0 then
                case when stocked_store_days > 0 then 'immature' else 'no_stock' end end)"),
        'distribution_rate': ('carry_stores', 'covered_stores',
            "case when covered_stores <= 0 then 'insufficient' end"),
        'distribution_depth': ('carry_units', 'carry_stores', "case when carry_stores <= 0 then 'no_stock' end"),
        'full_size_rate': ('full_stores', 'judged_stores',
            "case when size_count < core_min_sizes then 'not_judged' when judged_stores <= 0 then 'no_stock' end"),
        'weeks_of_supply': ('supply_units', 'weekly_units',
            "coalesce(sale_reason, case when weekly_units <= 0 then 'no_sales' end)"),
        'lost_units_7d': ('missed_7d * (1 - substitution)', none,
            "coalesce(sale_reason, case when is_judged and age <= lost_first_days then 'immature' end)"),
    }) }}
{% endmacro %}
