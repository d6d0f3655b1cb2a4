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
