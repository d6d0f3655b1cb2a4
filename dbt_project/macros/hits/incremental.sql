{#
  Incremental strategy of the hit tables (SKC x day). int_hits__touched says for each SKC which days
  it has rows for (row_from .. row_to) and from which day on they are recomputed; the column with that
  day is named by the model: meta={'from_column': 'calc_from'}, and first_column where rows are kept from
  before row_from. Rows outside are deleted, then the
  recomputed ones are inserted: the same rows as a full refresh.
#}
{% macro get_incremental_hits_days_sql(arg_dict) %}
    {% do return(adapter.dispatch('get_incremental_hits_days_sql')(arg_dict)) %}
{% endmacro %}

{% macro default__get_incremental_hits_days_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set target_relation = arg_dict['target_relation'] -%}
    delete from {{ target_relation }}
    where not exists (
        select 1 from {{ ref('int_hits__touched') }} as touched
        where touched.skc_id = {{ target_relation }}.skc_id
            and {{ target_relation }}.as_of_date >= touched.{{ config.get('meta').get('first_column', 'row_from') }}
            and {{ target_relation }}.as_of_date <= touched.row_to
            and {{ target_relation }}.as_of_date < touched.{{ config.get('meta')['from_column'] }}
    );

    insert into {{ target_relation }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
