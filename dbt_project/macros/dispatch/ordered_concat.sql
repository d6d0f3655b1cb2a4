{# Text values of a group joined in order; the engines differ in how they spell it. #}
{% macro ordered_concat(expression, order_by, separator=',') -%}
    {{ return(adapter.dispatch('ordered_concat')(expression, order_by, separator)) }}
{%- endmacro %}

{% macro duckdb__ordered_concat(expression, order_by, separator) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__ordered_concat(expression, order_by, separator) -%}
    array_join(
        transform(array_sort(array_agg(struct({{ order_by }} as k, {{ expression }} as v))), x -> x.v),
        '{{ separator }}'
    )
{%- endmacro %}
