{# The business day of a local time: the day ends at the cut-off hour of the next (rule D13). #}
{% macro business_day(moment, cutoff) -%}
    cast({{ moment }} - {{ threshold_count(cutoff) }} * interval '1' hour as date)
{%- endmacro %}
