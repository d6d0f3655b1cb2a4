-- Pairs of identities that some paper shows together: merged cards, a card and its phone and accounts,
-- an online account and the phone of its orders.
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
