{#
  Spans of days from changes by day: what holds from one change to the next. Every family of measures that holds
  for days (stock, being stocked, being in a base) is made of changes that add up; here is how they add up.
#}

{#
  A query of spans [day_from, day_to) with the running sums of the changes. ``changes`` is a relation of the key's
  columns, day and the sums; days on which they cancel each other make no span. ``until`` ends the last span,
  which else has no end.
#}
{% macro hits_spans(changes, key, sums, until=none) -%}
    select
        {{ key | join(', ') }},
        day as day_from,
        {{ 'coalesce(lead(day) over of_key, ' ~ until ~ ')' if until else 'lead(day) over of_key' }} as day_to,
        {% for name in sums -%}
        cast(sum({{ name }}) over of_key as bigint) as {{ name }}{{ ',' if not loop.last }}
        {% endfor %}
    from (
        select {{ key | join(', ') }}, day, {% for name in sums %}sum({{ name }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %}
        from {{ changes }}
        group by {{ key | join(', ') }}, day
        having {% for name in sums %}sum({{ name }}) <> 0{{ ' or ' if not loop.last }}{% endfor %}
    ) as by_day
    window of_key as (partition by {{ key | join(', ') }} order by day nulls last)
{%- endmacro %}
