-- Who and what is kept out of units, or flagged. A listed card stands for its person: other cards, merged
-- ones, online accounts.
select distinct  -- two cards of one person may both be listed
    exclusion.kind,
    coalesce(
        node.one_id, case when exclusion.kind like '%_member' then 'card:' else '' end || exclusion.key
    ) as key
from {{ ref('stg_config__exclusion') }} as exclusion
left join {{ ref('int_identity__node') }} as node
    on exclusion.kind like '%_member' and node.node = 'card:' || exclusion.key
