{# ISO year and week of a date. #}
{% macro iso_year(day) -%}
    {{ return(adapter.dispatch('iso_year')(day)) }}
{%- endmacro %}

{% macro duckdb__iso_year(day) -%}
    cast(isoyear({{ day }}) as bigint)
{%- endmacro %}

{% macro spark__iso_year(day) -%}
    cast(extract(yearofweek from {{ day }}) as bigint)
{%- endmacro %}

{% macro iso_week(day) -%}
    {{ return(adapter.dispatch('iso_week')(day)) }}
{%- endmacro %}

{% macro duckdb__iso_week(day) -%}
    cast(weekofyear({{ day }}) as bigint)
{%- endmacro %}

{% macro spark__iso_week(day) -%}
    cast(weekofyear({{ day }}) as bigint)
{%- endmacro %}
