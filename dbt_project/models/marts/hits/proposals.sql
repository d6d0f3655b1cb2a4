{#
  What somebody should decide today: reorder proposals with a quantity, and alerts, each with the inputs it
  rests on, its reason in words and the day it expires. A rule that no longer holds proposes no more; spikes
  and bursts stand until they expire. A high return rate stops reorder proposals.
#}
{% set rules = hits_rules() %}
with proposed as (
    select
        row_.*,
        rule_.rule,
        rule_.kind,
        rule_.priority,
        rule_.valid_days,
        rule_.name_zh,
        rule_.name_en,
        case rule_.rule
            when 'half_day_burst' then row_.burst_day
            when 'three_day_spike' then row_.spike_day
            else row_.as_of_date
        end as trigger_date,
        case rule_.rule
            {%- for rule, parts in rules.items() %}
            when '{{ rule }}' then {{ hits_inputs(parts[1]) }}
            {%- endfor %}
        end as inputs,
        {% for language in ['zh', 'en'] -%}
        {% set words = hits_rule_words() -%}
        replace(replace(replace(
            {%- for word, text in words %}replace({% endfor %}rule_.reason_{{ language }}
            {%- for word, text in words %}, '{{ '{' ~ word ~ '}' }}', {{ text }}){% endfor -%}
            , '{trigger}', case rule_.rule
                when 'presale_reorder' then {{ hits_percent('config.act_presale') }}
                when 'half_day_burst' then {{ hits_text('config.alert_burst_orders', 0) }}
                else {{ hits_text('config.alert_spike_ratio', 0) }} end)
            , '{loyalty}', case rule_.rule when 'growth_loyal' then {{ hits_percent('row_.repurchase_rate') }}
                else {{ hits_percent('row_.repeat_buyer_share') }} end)
            , '{loyalty_line}', case rule_.rule when 'growth_loyal' then {{ hits_percent('row_.repurchase_line') }}
                else {{ hits_percent('row_.repeat_line') }} end) as reason_{{ language }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_decisions__input') }} as row_
    cross join {{ ref('int_hits__config') }} as config
    cross join {{ ref('hit_rules') }} as rule_
    inner join {{ ref('hit_levels') }} as level on row_.level = level.level
    where case rule_.rule
            {%- for rule, parts in rules.items() %}
            when '{{ rule }}' then {{ parts[0] }}
            {%- endfor %}
        end
),

-- One reorder for one need: the presale's goes before the hit's.
kept as (
    select proposed.*
    from proposed
    qualify proposed.kind <> 'proposal'
        or row_number() over (partition by proposed.skc_id, proposed.kind order by proposed.priority nulls last) = 1
)

select
    kept.rule || '|' || kept.skc_id || '|' || cast(kept.trigger_date as {{ dbt.type_string() }}) as proposal_id,
    kept.rule,
    kept.kind,
    cast(kept.priority as bigint) as priority,
    kept.name_zh as rule_zh,
    kept.name_en as rule_en,
    kept.skc_id,
    style.style_name,
    skc.color_name,
    style.season_name,
    style.category_l3,
    kept.level,
    kept.stage,
    kept.as_of_date,
    kept.trigger_date,
    {{ hits_add_days('kept.trigger_date', 'kept.valid_days') }} as expires_on,
    cast(case when kept.kind = 'proposal' then kept.suggested_units end as bigint) as proposed_units,
    case
        when kept.kind <> 'proposal' then null
        when kept.suggested_units is null then 'none'
        when kept.is_by_presale then 'presale_peers'
        else 'forecast'
    end as quantity_basis,
    case when kept.kind = 'proposal' then kept.supplier_code end as supplier_code,
    case when kept.kind = 'proposal' then kept.supplier_name end as supplier_name,
    cast(case when kept.kind = 'proposal' then kept.supplier_lead_days end as bigint) as lead_days,
    cast(case when kept.kind = 'proposal'
        then {{ hits_add_days('kept.as_of_date', 'kept.supplier_lead_days') }} end as date) as eta_date,
    kept.kind = 'proposal' and kept.supplier_lead_days is null as is_undated,
    kept.inputs,
    kept.reason_zh,
    kept.reason_en
from kept
inner join {{ ref('dim_skc') }} as skc on kept.skc_id = skc.skc_id
left join {{ ref('dim_style') }} as style on skc.style_id = style.style_id
