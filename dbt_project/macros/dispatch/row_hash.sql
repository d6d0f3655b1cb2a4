{#
  The content of a whole row as a number below 2^40 (so that a sum of many still fits a BIGINT): of every
  column that its table has, but those named (held_% means all that begin so). A column that is added is
  in it by itself.
#}
{% macro row_hash(without) -%}
    {{ return(adapter.dispatch('row_hash')(without)) }}
{%- endmacro %}

{% macro duckdb__row_hash(without) -%}
    {%- set names, beginnings = [], [] -%}
    {%- for name in without -%}
        {%- do beginnings.append(name[:-1]) if name.endswith('%') else names.append(name) -%}
    {%- endfor -%}
    cast(hash(*columns(c -> c not in ('{{ names | join("', '") }}')
        {%- for name in beginnings %} and not starts_with(c, '{{ name }}'){% endfor %})) % 1099511627776 as bigint)
{%- endmacro %}

{# Spark leaves out names only: columns left out by their beginning count there, and more is recomputed. #}
{% macro spark__row_hash(without) -%}
    {%- set names = [] -%}
    {%- for name in without if not name.endswith('%') %}{% do names.append(name) %}{% endfor -%}
    pmod(xxhash64(* except ({{ names | join(', ') }})), 1099511627776)
{%- endmacro %}
