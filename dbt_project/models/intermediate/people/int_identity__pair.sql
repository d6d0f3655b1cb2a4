-- Pairs of identities that some paper shows together: merged cards, a card and its phone and accounts,
-- an online account and the phone of its orders. A phone with more cards and accounts than one person
-- has (a guide's own number, a company's) is shared and joins nobody; merged cards count once.
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
),

linked as (
    select distinct  -- several cards may have been merged into one
        pair.node_b as node,
        coalesce(merged.node_b, pair.node_a) as account
    from pair
    left join pair as merged on merged.node_a = pair.node_a and merged.node_b like 'card:%'
    where pair.node_b like 'phone:%'
),

shared as (
    select node
    from linked
    group by node
    having count(*) > {{ threshold_count('max_accounts_per_phone') }}
)

select
    pair.node_a,
    pair.node_b,
    shared.node is not null as is_shared
from pair
left join shared on shared.node = pair.node_b
