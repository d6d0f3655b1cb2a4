-- Every linked identity with its person: the component of the graph, named by its smallest node
-- (a card where there is one). Identities without a link are their own person and not listed.
with edge as (
    select node_a, node_b from {{ ref('int_identity__pair') }} where not is_shared
),

component as (
    {{ connected_component('edge') | indent(4) }}
)

select
    node,
    component as one_id,
    component like 'card:%' as is_member
from component
