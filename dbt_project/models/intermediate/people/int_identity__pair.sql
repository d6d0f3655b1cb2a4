{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__account', 'columns': ['node'], 'own': ['node_a']}
) }}
-- depends_on: {{ ref('int_touched__account') }}
-- Pairs of identities that some paper shows together: merged cards, a card and its phone and accounts,
-- an online account and the phone of its orders.
with member as (
    select member_no, merged_into, phone_key, openid_key, unionid_key, platform_nick_key
    from {{ ref('stg_crm__member') }}
    {{ only_touched('facts', 'int_touched__account', ["'card:' || member_no"], ['node']) }}
),

-- The latest version of each order, read here and not in staging: which orders a delta stages follows from
-- the identities.
ec_order as (
    select buyer_id_key, phone_key
    from {{ source('bronze', 'ec_order') }}
    {%- if is_delta('facts') %}
    where (platform, order_no) in (
        select platform, order_no from {{ source('bronze', 'ec_order') }}
        where buyer_id_key in (select substr(node, 6) from {{ ref('int_touched__account') }} where node like 'user:%')
    )
    {%- endif %}
    {{ latest_version(['platform', 'order_no'], ['modified_at']) }}
)

select 'card:' || member_no as node_a, 'card:' || merged_into as node_b
from member
where merged_into is not null and merged_into <> member_no
union
select 'card:' || member_no, 'phone:' || phone_key
from member where phone_key is not null
union
select 'card:' || member_no, 'user:' || openid_key
from member where openid_key is not null
union
select 'card:' || member_no, 'user:' || unionid_key
from member where unionid_key is not null
union
select 'card:' || member_no, 'user:' || platform_nick_key
from member where platform_nick_key is not null
union
select 'user:' || buyer_id_key, 'phone:' || phone_key
from ec_order
where buyer_id_key is not null and phone_key is not null
    {{ only_touched('facts', 'int_touched__account', ["'user:' || buyer_id_key"], ['node'], 'and') }}
