{#
  Why an SKC may have no value at all, and its sales a week, the same for the company, a region, a store and a
  channel. The reasons of each indicator are with its definition.
#}

{# Why what counts from launch has no value on a day; NULL where it has one. skc: columns of int_hits__skc. #}
{% macro hits_launch_reason(skc, day) -%}
    case
        when {{ skc }}.is_carry_over then 'not_judged'
        when {{ skc }}.launch_status = 'pre_launch' or {{ skc }}.launch_date > {{ day }} then 'pre_launch'
        when not {{ skc }}.is_judged then 'launch_unknown'
    end
{%- endmacro %}

{# Why what is sold has no value on a day. #}
{% macro hits_sale_reason(skc, day) -%}
    case when {{ skc }}.launch_status = 'pre_launch' or {{ skc }}.launch_date > {{ day }} then 'pre_launch' end
{%- endmacro %}

{# Units a week: of the last one in the first four weeks of life, else the mean of four. #}
{% macro hits_a_week(is_judged, age, units_7d, units_28d) -%}
    cast(case
        when {{ is_judged }} and {{ age }} < 28 then cast({{ units_7d }} as double)
        else cast({{ units_28d }} as double) / 4
    end as decimal(18, 4))
{%- endmacro %}
