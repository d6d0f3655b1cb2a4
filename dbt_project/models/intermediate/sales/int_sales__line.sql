-- Sale lines of both channels in one shape, before prices: touched orders only.
with node as (
    select
        node,
        one_id
    from {{ ref('int_identity__node') }}
),

shared as (
    select node from {{ ref('int_identity__shared_phone') }}
),

pos as (
    select
        order_id || '|' || cast(line_no as string) || coalesce(line_part, '') as sale_line_id,
        'pos' as source,
        'store' as channel_id,
        cast(null as string) as platform,
        cast(null as string) as shop,
        store_code,
        store_code as ship_store_code,
        order_id,
        receipt_no as order_no,
        cast(line_no as string) || coalesce(line_part, '') as line_no,
        bundle_code,
        barcode,
        cast(null as string) as sku_id,
        biz_date as sale_date,
        sold_at,
        member_no,
        cast(null as string) as buyer_id_key,
        phone_key,
        staff_code,
        qty,
        {{ sold_qty('bundle_code', 'line_part', 'qty', 'pieces') }} as sold_qty,
        sale_amt,
        tag_price,
        coupon_amt,
        points_amt,
        promo_code,
        is_gift,
        false as is_presale,
        cast(null as date) as cancelled_date,
        biz_date as delivered_date,
        cast(null as string) as pickup_store,
        cast(null as string) as ship_mode,
        cast(null as string) as traffic_source,
        cast(null as string) as guide_code,
        _batch
    from {{ ref('int_sales__pos_line') }}
    where qty >= 0
),

online as (
    select
        part.sale_line_id,
        'ec' as source,
        line.platform as channel_id,
        line.platform,
        line.shop,
        cast(null as string) as store_code,
        part.ship_from as ship_store_code,
        line.order_id,
        line.order_no,
        line.line_no,
        line.bundle_code,
        line.barcode,
        line.sku_id,
        part.sale_date,
        line.paid_at as sold_at,
        cast(null as string) as member_no,
        line.buyer_id_key,
        line.phone_key,
        cast(null as string) as staff_code,
        part.qty,
        {{ sold_qty('line.bundle_code', 'line.line_part', 'part.qty', 'line.pieces') }} as sold_qty,
        case when line.qty = 0 then line.sale_amt
            else {{ split_amount('line.sale_amt', 'part.done_qty', 'part.qty', 'line.qty') }}
        end as sale_amt,
        cast(null as decimal(18, 2)) as tag_price,
        cast(0 as decimal(18, 2)) as coupon_amt,
        cast(0 as decimal(18, 2)) as points_amt,
        cast(null as string) as promo_code,
        false as is_gift,
        line.is_presale,
        part.cancelled_date,
        part.delivered_date,
        line.pickup_store,
        part.ship_mode,
        line.traffic_source,
        line.guide_code,
        line._batch
    from {{ ref('int_sales__ec_part') }} as part
    inner join {{ ref('int_sales__ec_line') }} as line
        on line.order_id = part.order_id and line.line_no = part.line_no
),

both_sources as (
    select * from pos
    union all
    select * from online
)

select
    line.sale_line_id,
    line.source,
    line.channel_id,
    line.platform,
    line.shop,
    line.store_code,
    line.ship_store_code,
    line.order_id,
    line.order_no,
    line.line_no,
    line.bundle_code,
    line.barcode,
    line.sku_id,
    line.sale_date,
    line.sold_at,
    line.member_no,
    line.qty,
    line.sold_qty,
    line.sale_amt,
    line.tag_price,
    line.coupon_amt,
    line.points_amt,
    line.promo_code,
    line.is_gift,
    line.is_presale,
    line.cancelled_date,
    line.delivered_date,
    line.pickup_store,
    line.ship_mode,
    line.traffic_source,
    line.guide_code,
    line.staff_code,
    line._batch,
    -- The card counts before the account, the account before the phone; a shared phone is nobody.
    case
        when line.member_no is not null then coalesce(card.one_id, 'card:' || line.member_no)
        when line.buyer_id_key is not null then coalesce(account.one_id, 'user:' || line.buyer_id_key)
        when shared.node is null then coalesce(phone.one_id, 'phone:' || line.phone_key)
    end as one_id
from both_sources as line
left join node as card on card.node = 'card:' || line.member_no
left join node as account on account.node = 'user:' || line.buyer_id_key
left join node as phone on phone.node = 'phone:' || line.phone_key
left join shared on shared.node = 'phone:' || line.phone_key
