{# Join to the retailer's renamed and merged codes; kind is barcode, style, skc, store or staff. #}
{% macro map_join(kind, code, as_name) -%}
    left join {{ ref('stg_config__code_map') }} as {{ as_name }}
        on {{ as_name }}.kind = '{{ kind }}' and {{ as_name }}.old_code = {{ code }}
{%- endmacro %}
