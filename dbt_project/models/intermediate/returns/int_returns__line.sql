-- Return lines of all sources in one shape, each with the sale it claims.
with ec_refund as (
    select
        refund.*,
        line.platform,
        line.order_no,
        line.buyer_id_key
    from {{ ref('int_sales__ec_refund') }} as refund
    inner join {{ ref('int_sales__ec_line') }} as line
        on line.order_id = refund.order_id and line.line_no = refund.line_no
    where not refund.is_cancel
),

slip as (
    select
        online_order_no,
        sku_id,
        min(return_store_code) as return_store_code,
        min(reason) as reason
    from {{ ref('int_returns__pos_line') }}
    where is_link_only
    group by online_order_no, sku_id
)

select
    pos.return_doc_id,
    pos.return_line_id,
    'pos' as source,
    'store' as return_channel_id,
    cast(null as string) as platform,
    pos.return_store_code,
    pos.post_date,
    case when pos.online_order_no is not null then 'online' else 'store' end as claims,
    pos.original_store,
    pos.original_date,
    pos.original_receipt_no,
    cast(pos.original_line_no as string) as original_line_no,
    pos.online_order_no,
    pos.sku_id,
    pos.member_no,
    pos.phone_key,
    pos.ret_units,
    cast(pos.ret_amt as decimal(18, 2)) as ret_amt,
    cast(0 as decimal(18, 2)) as refund_only_amt,
    case when pos.receipt_type = 'exchange' then pos.ret_units else 0 end as exch_units,
    pos.reason,
    pos._batch
from {{ ref('int_returns__pos_line') }} as pos
where not pos.is_link_only
union all
select
    refund.order_id,
    refund.order_id || '|' || refund.refund_no || '|' || refund.line_no,
    'ec',
    case when store.store_code is not null or slip.online_order_no is not null
        then 'store' else refund.platform
    end,
    refund.platform,
    coalesce(store.store_code, slip.return_store_code),
    refund.post_date,
    'online',
    cast(null as string),
    cast(null as date),
    cast(null as string),
    refund.line_no,
    refund.order_no,
    refund.sku_id,
    cast(null as string),
    cast(null as string),
    case when refund.refund_type = 'refund_only' then 0 else refund.units end,
    case when refund.refund_type = 'refund_only' then 0 else refund.refund_amt end,
    case when refund.refund_type = 'refund_only' then refund.refund_amt else 0 end,
    case when refund.refund_type = 'exchange' then refund.units else 0 end,
    coalesce(refund.reason, slip.reason),
    refund._batch
from ec_refund as refund
left join {{ ref('int_place__store') }} as store
    on store.store_code = refund.return_to and store.location_type in ('store', 'popup')
-- The platform says where the goods went; the store's slip only where it doesn't.
left join slip
    on slip.online_order_no = case when refund.return_to is null then refund.order_no end
    and slip.sku_id = refund.sku_id
