{# What the engines spell differently, for the hit models. #}

{% macro hits_add_days(day, n) -%}
    {{ return(adapter.dispatch('hits_add_days')(day, n)) }}
{%- endmacro %}

{% macro duckdb__hits_add_days(day, n) -%}
    ({{ day }} + cast({{ n }} as integer))
{%- endmacro %}

{% macro spark__hits_add_days(day, n) -%}
    date_add({{ day }}, cast({{ n }} as int))
{%- endmacro %}

{# Whole days from one date to a later one. #}
{% macro hits_days(earlier, later) -%}
    {{ return(adapter.dispatch('hits_days')(earlier, later)) }}
{%- endmacro %}

{% macro duckdb__hits_days(earlier, later) -%}
    cast({{ later }} - {{ earlier }} as bigint)
{%- endmacro %}

{% macro spark__hits_days(earlier, later) -%}
    cast(datediff({{ later }}, {{ earlier }}) as bigint)
{%- endmacro %}

{# A share as text with one decimal place, '-' for none. #}
{% macro hits_percent(value) -%}
    coalesce(cast(cast(100 * {{ value }} as decimal(18, 1)) as {{ dbt.type_string() }}) || '%', '-')
{%- endmacro %}

{# A number with some decimal places, '-' for none. #}
{% macro hits_text(value, places=1) -%}
    coalesce(cast(cast({{ value }} as decimal(18, {{ places }})) as {{ dbt.type_string() }}), '-')
{%- endmacro %}

{# A local timestamp as whole seconds, to compare times of day by numbers. #}
{% macro hits_seconds(at) -%}
    {{ return(adapter.dispatch('hits_seconds')(at)) }}
{%- endmacro %}

{% macro duckdb__hits_seconds(at) -%}
    cast(floor(epoch({{ at }})) as bigint)
{%- endmacro %}

{% macro spark__hits_seconds(at) -%}
    unix_timestamp({{ at }})
{%- endmacro %}
