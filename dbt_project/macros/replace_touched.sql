{#
  Incremental strategy: deletes the rows whose key was touched by this run, then inserts the
  recomputed ones. The model's config names the relation of touched keys:
      meta={'touched': 'int_touched__order', 'touched_key': 'order_id'}, unique_key='return_doc_id'
  (touched_key is the relation's column, where it is not called like the model's).
  A touched key without a recomputed row has vanished (voided, held back), and so does its row.
#}
{% macro get_incremental_replace_touched_sql(arg_dict) %}
    {% do return(adapter.dispatch('get_incremental_replace_touched_sql')(arg_dict)) %}
{% endmacro %}

{% macro default__get_incremental_replace_touched_sql(arg_dict) %}
    {%- set key = arg_dict['unique_key'] -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set touched = ref(config.get('meta')['touched']) -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ key }} in (
        select {{ config.get('meta').get('touched_key', key) }} from {{ touched }}
    );

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{% endmacro %}
