-- Two linked identities are one person: every edge lies inside one component.
select
    edge.node_a,
    edge.node_b,
    a.one_id as one_id_a,
    b.one_id as one_id_b
from {{ ref('int_identity__pair') }} as edge
left join {{ ref('int_identity__node') }} as a on a.node = edge.node_a
left join {{ ref('int_identity__node') }} as b on b.node = edge.node_b
where not edge.is_shared and (a.one_id is distinct from b.one_id or a.one_id is null)
