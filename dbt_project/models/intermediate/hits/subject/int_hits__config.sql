{# The thresholds that the hit models use, as one row. Values and meaning: seeds/thresholds.csv. #}
{% set whole = [
    'hit_tracking_days', 'unjudged_history_days', 'daily_history_days', 'life_min_peers',
    'stage_first_day', 'stage_min_base', 'peers_min', 'score_min_parts', 'core_min_sizes', 'new_store_days',
    'cycle_lead_days', 'presale_bulk_units', 'presale_rate_min_units', 'last_good_days', 'default_lead_days',
    'floor_net_units', 'floor_selling_stores', 'floor_online_orders',
    'lost_min_units', 'lost_first_days', 'reorder_review_days', 'growth_first_day', 'forecast_first_day',
    'forecast_last_day', 'forecast_min_days', 'forecast_min_units', 'forecast_min_stores', 'repurchase_first_day',
    'transit_min_receipts', 'alert_spike_min_units', 'alert_burst_orders', 'alert_burst_hours',
] %}
{% set shares = [
    'life_days_ss', 'life_days_aw', 'life_days_other', 'life_closed_days', 'stage_intro', 'stage_slope',
    'presale_balance_rate', 'return_excess', 'return_penalty', 'level_hit', 'level_strong', 'level_normal',
    'floor_discount', 'act_distribution', 'act_full_size', 'act_presale', 'act_online_share', 'act_store_active',
    'coverage_min', 'substitution', 'substitution_low', 'substitution_high', 'supply_capped', 'safety_units',
    'act_cart_ratio', 'act_views', 'alert_spike_ratio', 'alert_growth', 'alert_loyal_rank', 'alert_presale_risk',
    'proposal_latest_progress', 'pulse_share', 'pulse_weight', 'transit_rank',
] %}
select
    {% for name in whole -%}
    max(case when name = '{{ name }}' then cast(floor(value) as bigint) end) as {{ name }},
    {% endfor -%}
    {% for name in shares -%}
    max(case when name = '{{ name }}' then cast(value as decimal(18, 6)) end) as {{ name }}
    {{- ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_config__threshold') }}
