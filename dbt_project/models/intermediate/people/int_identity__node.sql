-- Every linked identity with its person: the component of the graph, named by its smallest node
-- (a card where there is one). Identities without a link are their own person and not listed.
with edge as (
    select pair.node_a, pair.node_b
    from {{ ref('int_identity__pair') }} as pair
    left join ({{ shared_phones() }}) as shared on shared.node = pair.node_b
    where shared.node is null
),

component as (
    {{ connected_component('edge') | indent(4) }}
)

select
    node,
    component as one_id,
    component like 'card:%' as is_member
from component
