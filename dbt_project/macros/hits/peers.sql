{#
  Who is compared with whom: SKCs of the two seasons before, in the first group of a fallback chain that has
  enough of them. Here are the chain and its groups; what is compared is in the models under hits/peers and
  hits/forecast.
#}

{# How many seasons an SKC's peers are older: a relation of one column, seasons. #}
{% macro hits_seasons_apart() -%}
    (select 1 as seasons union all select 2 as seasons)
{%- endmacro %}

{# The fallback chain: step and the name that is shown. #}
{% macro hits_peer_chain() -%}
    (
        select 1 as step, 'category_l3_band' as peer_group union all select 2, 'category_l3'
        union all select 3, 'category_l2' union all select 4, 'all'
    )
{%- endmacro %}

{# The group that an SKC (category_l3, category_l2, band of a relation) is in at a step of the chain. #}
{% macro hits_peer_group(step, row) -%}
    case {{ step }}
        when 1 then {{ row }}.category_l3 || ' / ' || {{ row }}.band when 2 then {{ row }}.category_l3
        when 3 then {{ row }}.category_l2 else '*'
    end
{%- endmacro %}

{# Both relations speak of the same group's demand curve. #}
{% macro hits_same_curve(left, right) -%}
    {{ left }}.season_code = {{ right }}.season_code and {{ left }}.season_no = {{ right }}.season_no
    and {{ left }}.step = {{ right }}.step and {{ left }}.group_name = {{ right }}.group_name
{%- endmacro %}
