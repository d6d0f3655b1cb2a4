{#
  The indicator definitions: id -> numerator, denominator (none: the numerator is the value) and the
  reason for having no value, over the columns of int_hits__base (int_hits__published).
#}
{% macro hits_definitions() %}
    {{ return({
        'days_since_launch': ('age', none, 'launch_reason'),
        'lifecycle_progress': ('age', 'life_days', 'launch_reason'),
        'cum_net_units': ('cum_net', none, 'launch_reason'),
        'net_units_7d': ('w7_org_net', none, 'sale_reason'),
        'units_per_store_day': ('w14_store_net', 'stocked_store_days',
            "coalesce(sale_reason, case when stocked_store_days <= 0 then 'no_stock' end)"),
        'store_active_rate': ('active_stores', 'active_base',
            "coalesce(sale_reason, case when active_base <= 0 then
                case when stocked_store_days > 0 then 'immature' else 'no_stock' end end)"),
        'wow_growth': ('w7_org_gross', 'week_before_gross',
            "coalesce(sale_reason, case when age < growth_first_day then 'immature'
                when week_before_gross < stage_min_base then 'small_base' end)"),
        'lost_units_7d': ('missed_7d * (1 - substitution)', none,
            "coalesce(sale_reason, case when age <= lost_first_days then 'immature' end)"),
        'forecast_w3': ('forecast_w3_units', none,
            "coalesce(launch_reason, case when forecast_status <> 'ok' then forecast_status end)"),
        'forecast_w4': ('forecast_w4_units', none,
            "coalesce(launch_reason, case when forecast_status <> 'ok' then forecast_status end)"),
        'repurchase_rate': ('again_buyers', 'cohort_buyers',
            "coalesce(sale_reason, case when age < repurchase_first_day then 'immature'
                when cohort_buyers <= 0 then 'no_sales' end)"),
        'view_to_cart_rate': ('carters', 'viewers', "case when viewers <= 0 then 'no_views' end"),
        'same_age_index': ('cum_org_gross', 'peer_median_units',
            "coalesce(launch_reason, case when peer_median_units is null then 'insufficient'
                when peer_median_units <= 0 then 'small_base' end)"),
        'distribution_rate': ('carry_stores', 'covered_stores',
            "case when covered_stores <= 0 then 'insufficient' end"),
        'distribution_depth': ('carry_units', 'carry_stores', "case when carry_stores <= 0 then 'no_stock' end"),
        'full_size_rate': ('full_stores', 'judged_stores',
            "case when size_count < core_min_sizes then 'not_judged' when judged_stores <= 0 then 'no_stock' end"),
        'sell_through_rate': ('cum_net', 'recv',
            "coalesce(launch_reason, case when recv <= 0 then 'no_stock' end)"),
        'weeks_of_supply': ('supply_units', 'weekly_units',
            "coalesce(sale_reason, case when weekly_units <= 0 then 'no_sales' end)"),
        'presale_ratio': ('presale_units', 'po_first', "case when po_first <= 0 then 'no_order' end"),
        'reorder_rate': ('po_reorder', 'po_first', "case when po_first <= 0 then 'no_order' end"),
        'discount_rate': ('cum_amt', 'cum_tag',
            "coalesce(launch_reason, case when cum_tag <= 0 then 'no_sales' end)"),
        'gross_margin_rate': ('cum_exvat - cum_cogs', 'cum_exvat',
            "coalesce(launch_reason, case when cum_nocost <> 0 then 'no_cost' when cum_exvat <= 0 then 'no_sales' end)"),
        'return_rate': ('closed_ret', 'closed_sold',
            "coalesce(sale_reason, case when closed_sold <= 0 then
                case when w28_gross > 0 then 'immature' else 'no_sales' end end)"),
    }) }}
{% endmacro %}

{#
  Suggested reorder: demand until a reorder placed now has come and been reviewed, plus presales due and
  safety stock, less what can be sold: DC stock with what is reserved there, stock on its way, open orders,
  and store stock without stranded sizes. Not below the supplier's minimum; none if it comes too late.
#}
{% macro hits_suggestion(row) -%}
    case
        when {{ row }}.launch_reason is not null or {{ row }}.horizon_units is null then null
        when coalesce({{ row }}.lead_days, config.default_lead_days) >= {{ row }}.life_days - {{ row }}.age then 0
        when {{ row }}.horizon_units + {{ row }}.presale_due + config.safety_units
            <= {{ hits_sellable(row) }} then 0
        else greatest(
            cast(ceil({{ row }}.horizon_units + {{ row }}.presale_due + config.safety_units
                - ({{ hits_sellable(row) }})) as bigint),
            coalesce({{ row }}.moq, 1)
        )
    end
{%- endmacro %}

{% macro hits_sellable(row) -%}
    {{ row }}.dc_avail + {{ row }}.dc_reserved + {{ row }}.transit + {{ row }}.first_open + {{ row }}.reorder_open
            + {{ row }}.store_avail - {{ row }}.stranded_units
{%- endmacro %}

{#
  Organic net units that tell the level of demand: where live streams sold more than their share of the last
  7 days, those pieces count with their weight.
#}
{% macro hits_level_units(row) -%}
    {{ row }}.cum_org_net - case
        when {{ row }}.w7_live_net > config.pulse_share * {{ row }}.w7_org_net and {{ row }}.w7_live_net > 0
            then {{ row }}.w7_live_net * (1 - config.pulse_weight)
        else 0
    end
{%- endmacro %}
