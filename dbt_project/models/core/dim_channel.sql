-- Sales channels: the listed ones, and any platform that a fact names.
with used as (
    select channel_id from {{ ref('fct_sale_line') }}
    union
    select channel_id from {{ ref('fct_return_line') }}
    union
    select return_channel_id from {{ ref('fct_return_line') }}
)

select
    channel_id,
    channel_group,
    name_zh,
    name_en
from {{ ref('channels') }}
union all
select
    used.channel_id,
    'online',
    used.channel_id,
    used.channel_id
from used
left join {{ ref('channels') }} as channels on channels.channel_id = used.channel_id
where channels.channel_id is null
