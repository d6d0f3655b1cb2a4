{#
  Connected components of a graph given as a relation edge(node_a, node_b): a query with one row a
  node, the component being named by its smallest node. Components are small (phones shared by many
  people are cut before), so walking from every node costs little.
#}
{% macro connected_component(edge) -%}
    {{ return(adapter.dispatch('connected_component')(edge)) }}
{%- endmacro %}

{% macro duckdb__connected_component(edge) -%}
    with recursive both_ways as (
        select node_a, node_b from {{ edge }}
        union
        select node_b as node_a, node_a as node_b from {{ edge }}
    ),

    reached as (
        select both_ways.node_a as node, both_ways.node_a as other from both_ways
        union
        select reached.node, both_ways.node_b as other
        from reached
        inner join both_ways on reached.other = both_ways.node_a
    )

    select node, min(other) as component from reached group by node
{%- endmacro %}
