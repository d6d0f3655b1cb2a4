-- Two linked identities are one person: every edge lies inside one component.
select
    pair.node_a,
    pair.node_b,
    a.one_id as one_id_a,
    b.one_id as one_id_b
from {{ ref('int_identity__pair') }} as pair
left join {{ ref('int_identity__shared_phone') }} as shared on shared.node = pair.node_b
left join {{ ref('int_identity__node') }} as a on a.node = pair.node_a
left join {{ ref('int_identity__node') }} as b on b.node = pair.node_b
where shared.node is null and (a.one_id is distinct from b.one_id or a.one_id is null)
