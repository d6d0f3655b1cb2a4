{#
  Lines of bundles become lines of what they contain (model int_goods__bundle, joined as `bundle`).
  The parts of an amount add up to the line's, to the cent; pieces are those of the contents.
#}
{% macro bundle_join(barcode) -%}
    left join {{ ref('int_goods__bundle') }} as bundle on bundle.bundle_code = {{ barcode }}
{%- endmacro %}

{% macro bundle_amount(amount) -%}
    case
        when bundle.bundle_code is null then {{ amount }}
        -- A return is cut like its sale, cent by cent.
        when {{ amount }} < 0
            then -{{ split_amount('-' ~ amount, 'bundle.done', 'bundle.weight', 'bundle.whole') }}
        else {{ split_amount(amount, 'bundle.done', 'bundle.weight', 'bundle.whole') }}
    end
{%- endmacro %}

{# A price for each piece: the component's share of the bundle's, over its pieces. #}
{% macro bundle_price(price) -%}
    case
        when bundle.bundle_code is null then {{ price }}
        else {{ price }} * bundle.weight / nullif(cast(bundle.whole * bundle.pieces as double), 0)
    end
{%- endmacro %}

{# Pieces as they were ordered: a bundle counts once, on the line of its first component. #}
{% macro sold_qty(bundle_code, line_part, qty, pieces) -%}
    case
        when {{ bundle_code }} is null then {{ qty }}
        when {{ line_part }} = '/1' then cast(floor({{ qty }} / nullif(cast({{ pieces }} as double), 0)) as bigint)
        else 0
    end
{%- endmacro %}
