-- Phones with more cards and accounts than one person has.
with linked as (
    select 'phone:' || phone_key as node, 'card:' || coalesce(merged_into, member_no) as account
    from {{ ref('stg_crm__member') }} where phone_key is not null
    union
    select 'phone:' || phone_key as node, 'user:' || buyer_id_key as account
    from {{ ref('stg_ec__order') }} where buyer_id_key is not null and phone_key is not null
)

select
    node,
    cast(count(*) as bigint) as accounts
from linked
group by node
having count(*) > {{ threshold_count('max_accounts_per_phone') }}
