{#
  Incremental strategy: deletes the rows that were touched, then inserts the recomputed ones. The model
  says with meta.touched which relation names them, by which columns, and with meta.own the columns or
  expressions of its own rows, where they are called otherwise:
      meta={'stage': 'facts', 'touched': 'int_touched__order', 'columns': ['order_id'], 'own': ['return_doc_id']}
  A touched key without a recomputed row has vanished (voided, held back), and so does its row. meta.since:
  [column of the touched relation, own column] leaves rows alone that end before that day; meta.only: the
  rows of the touched relation that are meant.
#}
{% macro get_incremental_replace_touched_sql(arg_dict) %}
    {% do return(adapter.dispatch('get_incremental_replace_touched_sql')(arg_dict)) %}
{% endmacro %}

{% macro default__get_incremental_replace_touched_sql(arg_dict) %}
    {%- set meta = config.get('meta') -%}
    {%- set target_relation = arg_dict['target_relation'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set own = meta.get('own') or meta['columns'] -%}
    delete from {{ target_relation }}
    {%- if is_delta(meta['stage']) %}
    where
    {%- if meta.get('since') %} exists (
        select 1 from {{ ref(meta['touched']) }} as touched
        where {% for column in meta['columns'] %}touched.{{ column }} = {{ target_relation }}.{{ own[loop.index0] }} and {% endfor -%}
            {{ target_relation }}.{{ meta['since'][1] }} >= touched.{{ meta['since'][0] }}
    )
    {%- else %} ({{ own | join(', ') }}) in (select {{ meta['columns'] | join(', ') }} from {{ ref(meta['touched']) }}
        {{- ' where ' ~ meta['only'] if meta.get('only') }})
    {%- endif %}
    {%- endif %};

    insert into {{ target_relation }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
