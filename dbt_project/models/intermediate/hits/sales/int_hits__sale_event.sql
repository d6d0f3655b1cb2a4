{#
  What changes sold units, by the day of sale and the day it became known: sales, cancellations before
  shipping, returns. One row per SKC, place, channel, sale day and posting day. Excluded
  lines and gifts are not here (rule D9); sales before launch belong to no cycle that is judged.
#}
with line as (
    select
        sale_line_id, skc_id, store_code, channel_id, channel_group, region, is_presale, sale_date, cancelled_date,
        order_id, one_id, sale_units, coalesce(cancel_units, 0) as cancel_units, fullprice_units, sale_amt,
        vat_amt, cogs_amt, case when tag_amt > 0 then tag_amt end as tag_amt,
        coalesce(traffic_source = 'live', false) as is_live
    from {{ ref('fct_sale_line') }}
    where not is_excluded and not is_gift and sale_units > 0
),

online_order as (
    select distinct  -- an order may hold several sizes of an SKC
        order_id, skc_id, store_code, channel_id, channel_group, region, is_presale, sale_date
    from line
    where channel_group = 'online'
),

event as (
    select
        skc_id, store_code, channel_id, channel_group, region, is_presale, sale_date,
        sale_date as post_date,
        0 as online_orders,
        sale_units as gross_units,
        case when is_live then sale_units else 0 end as live_units,
        case when one_id is not null then sale_units else 0 end as buyer_units,
        0 as ret_units, 0 as exch_units, 0 as orphan_units,
        fullprice_units,
        case when cogs_amt is null then sale_units else 0 end as nocost_units,
        case when tag_amt is not null then sale_amt else 0 end as tagged_amt,
        coalesce(tag_amt, 0) as tag_amt,
        sale_amt - coalesce(vat_amt, 0) as exvat_amt,
        coalesce(cogs_amt, 0) as cogs_amt
    from line
    union all
    select
        skc_id, store_code, channel_id, channel_group, region, is_presale, sale_date,
        greatest(cancelled_date, sale_date) as post_date,
        0 as online_orders,
        -cancel_units as gross_units,
        case when is_live then -cancel_units else 0 end as live_units,
        case when one_id is not null then -cancel_units else 0 end as buyer_units,
        0 as ret_units, 0 as exch_units, 0 as orphan_units,
        -least(cancel_units, fullprice_units) as fullprice_units,
        case when cogs_amt is null then -cancel_units else 0 end as nocost_units,
        -case when tag_amt is not null then {{ split_amount('sale_amt', '0', 'cancel_units', 'sale_units') }} else 0 end,
        -coalesce({{ split_amount('tag_amt', '0', 'cancel_units', 'sale_units') }}, 0),
        -{{ split_amount('(sale_amt - coalesce(vat_amt, 0))', '0', 'cancel_units', 'sale_units') }},
        -coalesce({{ split_amount('cogs_amt', '0', 'cancel_units', 'sale_units') }}, 0)
    from line
    where cancel_units > 0 and cancelled_date is not null
    union all
    select
        ret.skc_id, ret.store_code, ret.channel_id, ret.channel_group, ret.region, ret.is_presale, ret.sale_date,
        greatest(ret.post_date, ret.sale_date) as post_date,
        0 as online_orders,
        0 as gross_units,
        case when line.is_live then -ret.ret_units else 0 end as live_units,
        0 as buyer_units,
        ret.ret_units,
        coalesce(ret.exch_units, 0) as exch_units,
        case when ret.is_orphan then ret.ret_units else 0 end as orphan_units,
        case when line.fullprice_units > 0 then -ret.ret_units else 0 end as fullprice_units,
        0 as nocost_units,
        -case when line.tag_amt is not null or (ret.is_orphan and ret.ret_tag_amt > 0) then ret.ret_amt else 0 end,
        -case when line.tag_amt is not null or ret.is_orphan then coalesce(ret.ret_tag_amt, 0) else 0 end,
        -(ret.ret_amt - coalesce(ret.ret_vat_amt, 0)) as exvat_amt,
        -coalesce(ret.ret_cogs_amt, 0) as cogs_amt
    from {{ ref('fct_return_line') }} as ret
    left join line on ret.sale_line_id = line.sale_line_id
    where not ret.is_excluded and ret.ret_units <> 0
    union all
    select
        skc_id, store_code, channel_id, channel_group, region, is_presale, sale_date, sale_date,
        1 as online_orders,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    from online_order
)

select
    event.skc_id, event.store_code, event.channel_id, event.channel_group, event.region, event.is_presale,
    event.sale_date, event.post_date,
    cast(sum(event.gross_units) as bigint) as gross_units,
    cast(sum(event.live_units) as bigint) as live_units,
    cast(sum(event.buyer_units) as bigint) as buyer_units,
    cast(sum(event.ret_units) as bigint) as ret_units,
    cast(sum(event.exch_units) as bigint) as exch_units,
    cast(sum(event.orphan_units) as bigint) as orphan_units,
    cast(sum(event.fullprice_units) as bigint) as fullprice_units,
    cast(sum(event.nocost_units) as bigint) as nocost_units,
    cast(sum(event.online_orders) as bigint) as online_orders,
    cast(sum(event.tagged_amt) as decimal(18, 2)) as tagged_amt,
    cast(sum(event.tag_amt) as decimal(18, 2)) as tag_amt,
    cast(sum(event.exvat_amt) as decimal(18, 2)) as exvat_amt,
    cast(sum(event.cogs_amt) as decimal(18, 2)) as cogs_amt
from event
inner join {{ ref('int_hits__skc') }} as skc on event.skc_id = skc.skc_id
where not skc.is_judged or (event.sale_date >= skc.launch_date and event.post_date <= skc.row_to)
group by
    event.skc_id, event.store_code, event.channel_id, event.channel_group, event.region, event.is_presale,
    event.sale_date, event.post_date
