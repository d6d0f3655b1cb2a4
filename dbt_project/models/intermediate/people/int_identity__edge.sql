-- Pairs of identities that belong to one person. A phone with too many cards and accounts joins nobody
-- (a guide's own number, a company's); it is listed in int_identity__shared_phone.
select
    pair.node_a,
    pair.node_b
from {{ ref('int_identity__pair') }} as pair
left join {{ ref('int_identity__shared_phone') }} as shared on shared.node = pair.node_b
where shared.node is null
