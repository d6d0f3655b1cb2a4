-- Returns, refunds and exchanges whose other half is missing or doesn't fit.
with returned as (
    select
        sale_line_id,
        min(return_line_id) as return_line_id,
        max(post_date) as post_date,
        sum(ret_units) as ret_units,
        sum(ret_amt + refund_only_amt) as ret_amt
    from {{ ref('fct_return_line') }}
    where sale_line_id is not null
    group by sale_line_id
),

above as (
    select
        sale.sale_line_id as document,
        returned.return_line_id as other_document,
        sale.channel_id,
        sale.store_code,
        sale.skc_id,
        returned.post_date,
        returned.ret_units - sale.sale_units - sale.gift_units as units,
        returned.ret_amt - sale.sale_amt as amt
    from returned
    inner join {{ ref('fct_sale_line') }} as sale on sale.sale_line_id = returned.sale_line_id
    where returned.ret_units > sale.sale_units + sale.gift_units or returned.ret_amt > sale.sale_amt
),

exchanged as (
    select
        return_doc_id as document,
        min(channel_id) as channel_id,
        min(return_store_code) as store_code,
        min(skc_id) as skc_id,
        min(post_date) as post_date,
        sum(exch_units) as units,
        sum(ret_amt) as amt
    from {{ ref('fct_return_line') }}
    where exch_units > 0 and source = 'pos'
    group by return_doc_id
),

waiting as (
    select
        platform || '|' || refund_no as document,
        platform || '|' || order_no as order_id,
        platform as channel_id,
        max({{ business_day('done_at', 'online_cutoff_hours') }}) as post_date,
        max(qty) as units,
        max(refund_amt) as amt
    from {{ source('bronze', 'ec_refund') }}
    where status = 'done' and done_at is not null
    group by platform, refund_no, order_no
)

select
    'return_without_sale' as doubt_kind,
    return_line_id as document,
    cast(null as string) as other_document,
    channel_id,
    return_store_code as store_code,
    skc_id,
    post_date as doubt_date,
    ret_units as doubt_units,
    ret_amt + refund_only_amt as doubt_amt
from {{ ref('fct_return_line') }}
where is_orphan
union all
select
    'refund_without_order', waiting.document, waiting.order_id, waiting.channel_id,
    cast(null as string), cast(null as string), waiting.post_date, waiting.units, waiting.amt
from waiting
left join {{ source('bronze', 'ec_order_line') }} as line
    on line.platform || '|' || line.order_no = waiting.order_id
left join {{ source('bronze', 'ec_order') }} as ec_order
    on ec_order.platform || '|' || ec_order.order_no = waiting.order_id
where line.order_no is null or ec_order.order_no is null
union all
select
    'return_above_sale', document, other_document, channel_id, store_code, skc_id, post_date, units, amt
from above
union all
select
    'exchange_without_pair', exchanged.document, cast(null as string), exchanged.channel_id,
    exchanged.store_code, exchanged.skc_id, exchanged.post_date, exchanged.units, exchanged.amt
from exchanged
left join {{ ref('fct_sale_line') }} as taken
    on taken.source = 'pos' and taken.order_id = exchanged.document
where taken.order_id is null
