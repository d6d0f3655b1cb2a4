{# Every one of the columns has a value in every row; a failing row names the empty ones. #}
{% test filled(model, columns) %}
select
    concat_ws(', ' {%- for column in columns %}, case when {{ column }} is null then '{{ column }}' end{% endfor %}) as empty_columns,
    count(*) as row_count
from {{ model }}
where {% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
group by 1
{% endtest %}
