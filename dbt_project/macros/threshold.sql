{# A threshold's value as a scalar; the names are listed in seeds/catalogue/thresholds.csv. #}
{% macro threshold(name) -%}
    (select max(th.value) from {{ ref('int_config__threshold') }} as th where th.name = '{{ name }}')
{%- endmacro %}

{# A threshold that counts whole things (days, stores, pieces). #}
{% macro threshold_count(name) -%}
    (
        select max(cast(floor(th.value) as bigint))
        from {{ ref('int_config__threshold') }} as th where th.name = '{{ name }}'
    )
{%- endmacro %}
