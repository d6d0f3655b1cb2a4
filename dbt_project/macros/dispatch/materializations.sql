{#
  Tables and views of DuckDB, replaced in one statement. dbt's own way builds beside the old relation,
  renames both and drops the old one: four statements more for each of 180 models. Here nobody reads
  the warehouse while it is built, and DuckDB rolls a failed replacement back.
  Incremental models stay with dbt's own materialization: they read their old rows.
#}
{% materialization table, adapter='duckdb' %}
    {%- set old = load_cached_relation(this) -%}
    {%- set new = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks) }}
    {% if old is not none and not old.is_table %}{% do adapter.drop_relation(old) %}{% endif %}
    {% call statement('main') -%}
        {% if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent(compiled_code) }}
            create or replace table {{ new }} {{ get_table_columns_and_constraints() }};
            insert into {{ new }} {{ get_column_names() }} ({{ get_select_subquery(compiled_code) }})
        {% else %}
            create or replace table {{ new }} as ({{ compiled_code }})
        {% endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [new]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set old = load_cached_relation(this) -%}
    {%- set new = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks) }}
    {% if old is not none and not old.is_view %}{% do adapter.drop_relation(old) %}{% endif %}
    {% call statement('main') -%}
        create or replace view {{ new }} as ({{ compiled_code }})
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [new]}) }}
{% endmaterialization %}
