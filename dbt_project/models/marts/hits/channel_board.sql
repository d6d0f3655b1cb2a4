{#
  The hit board by channel at the last closed business day: all stores as one channel, each platform one.
  Pieces, prices, margin, returns and page visits; stock belongs to no channel.
#}
with row_ as (
    select skc.skc_id, skc.as_of_date, skc.launch_date, skc.launch_status, skc.is_carry_over, skc.is_judged, skc_day.coverage
    from {{ ref('daily') }} as skc_day
    inner join {{ ref('int_hits__skc') }} as skc
        on skc_day.skc_id = skc.skc_id and skc_day.as_of_date = skc.as_of_date
),

sold as (
    select
        event.skc_id,
        event.channel_id,
        sum(event.gross_units - event.ret_units) as cum_net,
        sum(case when not event.is_presale and event.sale_date > {{ hits_add_days('row_.as_of_date', -7) }}
            then event.gross_units - event.ret_units else 0 end) as w7_org_net,
        sum(case when event.sale_date > {{ hits_add_days('row_.as_of_date', -28) }} then event.gross_units else 0 end)
            as w28_gross,
        sum(event.nocost_units) as cum_nocost,
        sum(event.tagged_amt) as cum_amt,
        sum(event.tag_amt) as cum_tag,
        sum(event.exvat_amt) as cum_exvat,
        sum(event.cogs_amt) as cum_cogs
    from {{ ref('int_hits__sale_event') }} as event
    inner join row_ on event.skc_id = row_.skc_id and event.post_date <= row_.as_of_date
    group by event.skc_id, event.channel_id
),

closed as (
    select
        closing.skc_id,
        closing.channel_id,
        sum(closing.gross_units) as closed_sold,
        sum(closing.ret_units - closing.exch_units) as closed_ret
    from {{ ref('int_hits__closing') }} as closing
    inner join row_
        on closing.skc_id = row_.skc_id and closing.post_date <= row_.as_of_date
        and closing.closes_on <= row_.as_of_date
        and closing.closes_on > {{ hits_add_days('row_.as_of_date', -28) }}
    group by closing.skc_id, closing.channel_id
),

visited as (
    select
        event.skc_id,
        event.platform as channel_id,
        count(distinct case when event.event = 'pdp_view' then event.visitor_key end) as viewers,
        count(distinct case when event.event = 'add_cart' then event.visitor_key end) as carters
    from {{ ref('fct_event') }} as event
    inner join row_
        on event.skc_id = row_.skc_id
        and event.event_date <= row_.as_of_date and event.event_date > {{ hits_add_days('row_.as_of_date', -7) }}
    where not event.is_bot and not event.is_staff and event.event in ('pdp_view', 'add_cart')
    group by event.skc_id, event.platform
),

pair as (
    select skc_id, channel_id from sold
    union
    select skc_id, channel_id from visited where channel_id is not null
),

part as (
    select
        pair.skc_id,
        pair.channel_id,
        row_.as_of_date,
        row_.coverage,
        {{ hits_part_columns('channel') }}
    from (
        select
            pair.skc_id,
            pair.channel_id,
            {% for measure in ['cum_net', 'w7_org_net', 'w28_gross', 'cum_nocost', 'cum_amt', 'cum_tag', 'cum_exvat', 'cum_cogs'] -%}
            coalesce(sold.{{ measure }}, 0) as {{ measure }},
            {% endfor -%}
            coalesce(closed.closed_sold, 0) as closed_sold,
            coalesce(closed.closed_ret, 0) as closed_ret,
            coalesce(visited.viewers, 0) as viewers,
            coalesce(visited.carters, 0) as carters,
            {{ hits_launch_reason('row_', 'row_.as_of_date') }} as launch_reason,
            {{ hits_sale_reason('row_', 'row_.as_of_date') }} as sale_reason
        from pair
        inner join row_ on pair.skc_id = row_.skc_id
        left join sold on pair.skc_id = sold.skc_id and pair.channel_id = sold.channel_id
        left join closed on pair.skc_id = closed.skc_id and pair.channel_id = closed.channel_id
        left join visited on pair.skc_id = visited.skc_id and pair.channel_id = visited.channel_id
    ) as pair
    inner join row_ on pair.skc_id = row_.skc_id
),

stated as (
    select
        part.*,
        {{ hits_statuses('channel', 'part',
                         "(part.channel_id = 'store' and part.coverage < config.coverage_min)") }}
    from part
    cross join {{ ref('int_hits__allowed') }} as allowed
    cross join {{ ref('int_hits__config') }} as config
)

select
    stated.skc_id,
    stated.as_of_date,
    stated.channel_id,
    channel.channel_group,
    coalesce(channel.name_zh, stated.channel_id) as channel_zh,
    coalesce(channel.name_en, stated.channel_id) as channel_en,
    style.style_name,
    skc.color_name,
    {{ hits_stated_columns('channel', 'stated') }}
    cast(case when channel.channel_group = 'store' then stated.coverage end as decimal(18, 6)) as coverage
from stated
inner join {{ ref('dim_skc') }} as skc on stated.skc_id = skc.skc_id
left join {{ ref('dim_style') }} as style on skc.style_id = style.style_id
left join {{ ref('dim_channel') }} as channel on stated.channel_id = channel.channel_id
