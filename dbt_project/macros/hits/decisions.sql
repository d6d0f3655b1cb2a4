{#
  The rules of proposals and alerts: rule -> when it holds and the inputs it shows, over the columns of
  int_decisions__input (row_) and int_hits__config (config). Names and words: seeds/catalogue/hit_rules.csv.
#}
{% macro hits_rules() %}
    {% set presale = [('presale_units', 'row_.presale_units'), ('first_order', 'row_.first_order'),
                      ('presale_ratio', 'row_.presale_ratio')] %}
    {% set supply = [('suggested_units', 'row_.suggested_units'), ('demand_units', 'row_.demand_units'),
                     ('horizon_days', 'row_.horizon_days'), ('presale_due', 'row_.presale_due'),
                     ('sellable_units', 'row_.sellable_units'), ('open_reorder_units', 'row_.reorder_open'),
                     ('lead_days', 'row_.lead_days'), ('moq', 'row_.moq')] %}
    {% set may_order = "not row_.is_stop_reorder and coalesce(row_.suggested_units, 1) > 0" %}
    {{ return({
        'presale_reorder': (
            "row_.presale_ratio >= config.act_presale and " ~ may_order ~ " and (row_.is_pre_launch
                or (row_.age <= config.forecast_last_day and row_.level <> 'slow'
                    and row_.progress < config.proposal_latest_progress))",
            presale + [('trigger', 'config.act_presale')] + supply),
        'reorder': (
            "row_.is_reorder and " ~ may_order ~ " and row_.suggested_units is not null",
            [('weeks_of_supply', 'row_.weeks_of_supply'), ('lead_weeks', 'row_.lead_weeks')] + supply),
        'presale_risk': (
            "row_.presale_ratio >= config.alert_presale_risk and row_.presale_due > 0
                and (row_.is_pre_launch or row_.progress < config.proposal_latest_progress)",
            presale + [('trigger', 'config.alert_presale_risk'), ('presale_due', 'row_.presale_due')]),
        'half_day_burst': (
            "row_.orders is not null",
            [('orders', 'row_.orders'), ('hours', 'config.alert_burst_hours'), ('trigger', 'config.alert_burst_orders')]),
        'three_day_spike': (
            "row_.units_3d is not null",
            [('units_3d', 'row_.units_3d'), ('units_before', 'row_.units_before'), ('trigger', 'config.alert_spike_ratio'),
             ('min_units', 'config.alert_spike_min_units')]),
        'growth_loyal': (
            "row_.wow_growth > config.alert_growth and row_.repurchase_rate >= row_.repurchase_line",
            [('growth', 'row_.wow_growth'), ('loyalty', 'row_.repurchase_rate'), ('loyalty_line', 'row_.repurchase_line'),
             ('trigger', 'config.alert_growth')]),
        'growth_repeat_buyers': (
            "row_.age < config.repurchase_first_day and row_.wow_growth > config.alert_growth
                and row_.repeat_buyer_share >= row_.repeat_line",
            [('age', 'row_.age'), ('growth', 'row_.wow_growth'), ('loyalty', 'row_.repeat_buyer_share'),
             ('loyalty_line', 'row_.repeat_line'), ('trigger', 'config.alert_growth')]),
    }) }}
{% endmacro %}

{# The row of seeds/catalogue/hit_actions.csv whose words an action has: one that is already on order has its own. #}
{% macro hits_action_words(row) -%}
    case when {{ row }}.action = 'reorder' and {{ row }}.suggested_reorder_units = 0 and {{ row }}.reorder_open_units > 0
        then 'reorder_covered' else {{ row }}.action end
{%- endmacro %}

{# Inputs as a JSON object in text: numbers, or null where there is none. #}
{% macro hits_inputs(pairs) -%}
    '{' {%- for name, value in pairs %} || '{{ ', ' if not loop.first }}"{{ name }}": ' || coalesce(cast({{ value }} as {{ dbt.type_string() }}), 'null')
    {%- endfor %} || '}'
{%- endmacro %}

{# The words of a reason: name in the template -> text. #}
{% macro hits_rule_words() %}
    {{ return([
        ('presale_units', hits_text('row_.presale_units', 0)), ('first_order', hits_text('row_.first_order', 0)),
        ('presale_ratio', hits_percent('row_.presale_ratio')), ('units_zh', "case when row_.suggested_units is null then '件数待定' else '建议' || " ~ hits_text('row_.suggested_units', 0) ~ " || '件' end"),
        ('units_en', "case when row_.suggested_units is null then 'quantity still open' else " ~ hits_text('row_.suggested_units', 0) ~ " || ' pieces suggested' end"),
        ('lead_days', hits_text('row_.lead_days', 0)), ('lead_weeks', hits_text('row_.lead_weeks')),
        ('weeks_of_supply', hits_text('row_.weeks_of_supply')), ('open', hits_text('row_.reorder_open', 0)),
        ('level_zh', 'level.name_zh'), ('level_en', 'level.name_en'), ('orders', hits_text('row_.orders', 0)),
        ('hours', hits_text('config.alert_burst_hours', 0)), ('units_3d', hits_text('row_.units_3d', 0)),
        ('units_before', hits_text('row_.units_before', 0)), ('growth', hits_percent('row_.wow_growth')),
        ('age', hits_text('row_.age', 0)),
    ]) }}
{% endmacro %}
