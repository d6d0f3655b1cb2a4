{#
  The columns together name a row: no two rows share them, and each has a value, except those that
  may be empty (the region of an online shop, the category of an unknown style).
#}
{% test unique_key(model, columns, may_be_empty=[]) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns if column not in may_be_empty %} or {{ column }} is null{% endfor %}
{% endtest %}
