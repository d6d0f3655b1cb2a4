-- Pairs of identities that belong to one person: merged cards, a card and its phone and accounts,
-- an online account and the phone of its orders. A phone with too many cards and accounts joins
-- nobody (a guide's own number, a company's); it is listed in int_identity__shared_phone.
with pair as (
    select 'card:' || member_no as node_a, 'card:' || merged_into as node_b
    from {{ ref('stg_crm__member') }}
    where merged_into is not null and merged_into <> member_no
    union
    select 'card:' || member_no, 'phone:' || phone_key
    from {{ ref('stg_crm__member') }} where phone_key is not null
    union
    select 'card:' || member_no, 'user:' || openid_key
    from {{ ref('stg_crm__member') }} where openid_key is not null
    union
    select 'card:' || member_no, 'user:' || unionid_key
    from {{ ref('stg_crm__member') }} where unionid_key is not null
    union
    select 'card:' || member_no, 'user:' || platform_nick_key
    from {{ ref('stg_crm__member') }} where platform_nick_key is not null
    union
    select 'user:' || buyer_id_key, 'phone:' || phone_key
    from {{ ref('stg_ec__order') }} where buyer_id_key is not null and phone_key is not null
)

select
    pair.node_a,
    pair.node_b
from pair
left join {{ ref('int_identity__shared_phone') }} as shared on shared.node = pair.node_b
where shared.node is null
