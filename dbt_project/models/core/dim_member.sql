-- People: one row an identity that has a card, or that bought or returned something. Attributes are
-- those of the card that counts: not merged into another one, the earliest joined.
with card as (
    select
        coalesce(node.one_id, 'card:' || member.member_no) as one_id,
        member.member_no,
        member.tier,
        member.tier_until,
        cast(member.joined_at as date) as joined_date,
        member.open_store,
        member.service_store,
        member.channel,
        member.gender,
        member.birth_year,
        member.birth_month,
        member.points,
        member.stored_value_amt,
        member.status,
        min(cast(member.joined_at as date)) over (
            partition by coalesce(node.one_id, 'card:' || member.member_no)
        ) as first_joined,
        count(*) over (partition by coalesce(node.one_id, 'card:' || member.member_no)) as cards,
        case when member.merged_into is null then 0 else 1 end as is_merged
    from {{ ref('stg_crm__member') }} as member
    left join {{ ref('int_identity__node') }} as node on node.node = 'card:' || member.member_no
),

counting as (
    select *
    from card
    qualify row_number() over (
        partition by one_id order by is_merged nulls last, joined_date nulls last, member_no nulls last
    ) = 1
),

seen as (
    select one_id from {{ ref('fct_sale_line') }} where one_id is not null
    union
    select one_id from {{ ref('fct_return_line') }} where one_id is not null
    union
    select one_id from {{ ref('fct_event') }} where one_id is not null
    union
    select one_id from counting
)

select
    seen.one_id,
    counting.member_no,
    seen.one_id like 'card:%' as is_member,
    counting.tier,
    counting.tier_until,
    counting.first_joined as joined_date,
    counting.open_store,
    counting.service_store,
    counting.channel as join_channel,
    counting.gender,
    cast(counting.birth_year as bigint) as birth_year,
    cast(counting.birth_month as bigint) as birth_month,
    counting.points,
    counting.stored_value_amt,
    counting.status,
    coalesce(counting.cards, 0) as cards
from seen
left join counting on counting.one_id = seen.one_id
