{# The thresholds that the hit models use, as one row. Values and meaning: seeds/catalogue/thresholds.csv. #}
select
    {% for name in hits_thresholds().whole -%}
    max(case when name = '{{ name }}' then cast(floor(value) as bigint) end) as {{ name }},
    {% endfor -%}
    {% for name in hits_thresholds().decimal -%}
    max(case when name = '{{ name }}' then cast(value as decimal(18, 6)) end) as {{ name }}
    {{- ',' if not loop.last }}
    {% endfor %}
from {{ ref('int_config__threshold') }}
