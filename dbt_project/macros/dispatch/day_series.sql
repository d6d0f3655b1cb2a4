{# A relation with one row i for each whole number from 0 up to, not including, n. #}
{% macro number_series(n) -%}
    {{ return(adapter.dispatch('number_series')(n)) }}
{%- endmacro %}

{% macro duckdb__number_series(n) -%}
    (select range as i from range(0, {{ n }}))
{%- endmacro %}

{% macro spark__number_series(n) -%}
    (select id as i from range(0, {{ n }}))
{%- endmacro %}
