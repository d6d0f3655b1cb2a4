{# Each value of the columns is found in the table it refers to; one test a table keeps runs short. #}
{% test refers_to(model, targets) %}
{% for target in targets %}
select
    '{{ target.column }}' as column_name,
    model.{{ target.column }} as value,
    count(*) as row_count
from {{ model }} as model
left join {{ target.to }} as referred on referred.{{ target.field }} = model.{{ target.column }}
where model.{{ target.column }} is not null and referred.{{ target.field }} is null
group by model.{{ target.column }}
{{ 'union all' if not loop.last }}
{% endfor %}
{% endtest %}
