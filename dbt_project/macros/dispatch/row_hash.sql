{#
  The content of a whole row as a number below 2^40 (so that a sum of many still fits a BIGINT): of every
  column that its table has, but those named. A column that is added is in it by itself.
#}
{% macro row_hash(without) -%}
    {{ return(adapter.dispatch('row_hash')(without)) }}
{%- endmacro %}

{% macro duckdb__row_hash(without) -%}
    cast(hash(*columns(c -> c not in ('{{ without | join("', '") }}'))) % 1099511627776 as bigint)
{%- endmacro %}

{% macro spark__row_hash(without) -%}
    pmod(xxhash64(* except ({{ without | join(', ') }})), 1099511627776)
{%- endmacro %}
