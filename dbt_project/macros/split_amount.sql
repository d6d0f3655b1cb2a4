{#
  The part of an amount that belongs to pieces (done, done + taken] of whole pieces, in whole cents.
  The parts of one line always add up to the line. Whole cents are divided as doubles and floored:
  exact, because the numerator stays far below 2^53.
#}
{% macro split_amount(amount, done, taken, whole) -%}
    cast(
        (
            cast(floor(cast(cast(({{ amount }}) * 100 as bigint) * ({{ done }} + {{ taken }}) as double)
                / nullif({{ whole }}, 0)) as bigint)
            - cast(floor(cast(cast(({{ amount }}) * 100 as bigint) * ({{ done }}) as double)
                / nullif({{ whole }}, 0)) as bigint)
        ) * 0.01 as decimal(18, 2)
    )
{%- endmacro %}
