{#
  The two ways of a build, and what an incremental one may leave out.

  A build is whole (first build, full refresh, a table missing) or a delta: then every incremental model
  stands, and so does what its stage remembered last. A model that belongs here says so in its config:
      meta={'stage': 'facts' | 'hits', ...}
  Compiled SQL depends on nothing else: no query is run to make it.
#}

{# The incremental models of a stage that are part of this command. #}
{% macro incremental_targets(stage) %}
    {% set found = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model'
            and node.config.materialized == 'incremental' and node.config.meta.get('stage') == stage
            and (not selected_resources or node.unique_id in selected_resources) %}
        {% do found.append((node.schema, node.alias)) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro memory_of(stage) %}
    {{ return('int_changes__' ~ stage ~ '_seen') }}
{% endmacro %}

{% macro is_delta(stage) %}
    {% if not execute or flags.FULL_REFRESH %}
        {{ return(false) }}
    {% endif %}
    {% for schema, name in incremental_targets(stage) + [('intermediate', memory_of(stage))] %}
        {% if adapter.get_relation(target.database, schema, name) is none %}
            {{ return(false) }}
        {% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}

{#
  Before the first model of a stage: a whole build forgets first, so that it stays whole to its end, and
  one that breaks off is followed by a whole one.
#}
{% macro forget_unless_delta(stage) %}
    {% if execute and not is_delta(stage) %}
        {% set memory = api.Relation.create(
            database=target.database, schema='intermediate', identifier=memory_of(stage), type='table') %}
        {% do adapter.drop_relation(memory) %}
    {% endif %}
{% endmacro %}

{# What this stage remembered, or a table of the last build; none in a whole build. Read without ref():
   it is written after the reader. #}
{% macro last_built(stage, schema, name) %}
    {% if not is_delta(stage) %}
        {{ return(none) }}
    {% endif %}
    {{ return(api.Relation.create(database=target.database, schema=schema, identifier=name)) }}
{% endmacro %}

{#
  Condition of a test that compares facts with staging: a delta stages only what it recomputes.
#}
{% macro was_recomputed(order_id) -%}
    (
        (select is_full from {{ ref('int_touched__scope') }})
        or {{ order_id }} in (select order_id from {{ ref('int_touched__order') }})
    )
{%- endmacro %}

{#
  Condition that keeps a delta to touched keys; nothing in a whole build. Put below a window it spares
  sorting the history:
      from {{ source('bronze', 'pos_receipt') }}
      {{ only_touched('facts', 'int_touched__order', ['store_code', 'biz_date', 'receipt_no']) }}
#}
{% macro only_touched(stage, touched, columns, theirs=none, keyword='where') %}
    {%- do ref('int_touched__scope') if stage == 'facts' and touched != 'int_touched__account' -%}
    {%- set relation = ref(touched) -%}
    {%- if is_delta(stage) -%}
    {{ keyword }} ({{ columns | join(', ') }}) in (select {{ (theirs or columns) | join(', ') }} from {{ relation }})
    {%- endif -%}
{% endmacro %}
