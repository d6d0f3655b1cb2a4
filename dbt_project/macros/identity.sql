{#
  Phones with more cards and accounts than one person has (a guide's own number, a company's): they are
  shared and join nobody. Merged cards count once. A subquery, so that it stands where it is needed.
#}
{% macro shared_phones() -%}
    select node
    from (
        select distinct  -- several cards may have been merged into one
            pair.node_b as node,
            coalesce(merged.node_b, pair.node_a) as account
        from {{ ref('int_identity__pair') }} as pair
        left join {{ ref('int_identity__pair') }} as merged
            on merged.node_a = pair.node_a and merged.node_b like 'card:%'
        where pair.node_b like 'phone:%'
    ) as linked
    group by node
    having count(*) > {{ threshold_count('max_accounts_per_phone') }}
{%- endmacro %}
