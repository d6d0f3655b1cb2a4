{#
  What the last build left behind, read without ref() because these tables are built last.
#}

{% macro incremental_targets() %}
    {{ return([('core', 'fct_sale_line'), ('core', 'fct_return_line'), ('core', 'fct_stock_move'),
               ('core', 'fct_stock_interval')]) }}
{% endmacro %}

{# A relation of the last build, or none on a first build or a full refresh. #}
{% macro last_built(schema, name) %}
    {% if not execute or flags.FULL_REFRESH %}
        {{ return(none) }}
    {% endif %}
    {% for target_schema, target_name in incremental_targets() + [('intermediate', 'int_build__file'),
                                                    ('intermediate', 'int_build__fingerprint')] %}
        {% if adapter.get_relation(target.database, target_schema, target_name) is none %}
            {{ return(none) }}
        {% endif %}
    {% endfor %}
    {{ return(adapter.get_relation(target.database, schema, name)) }}
{% endmacro %}
