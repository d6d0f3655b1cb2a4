{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__order', 'columns': ['order_id']}
) }}
-- depends_on: {{ ref('int_touched__order') }}
-- Paid sale lines of stores and platforms, at the prices and costs of the sale date. Rows of touched
-- orders are recomputed; what depends on a person's whole history is not here.
with line as (
    select
        line.*,
        coalesce(line.sku_id, barcode.sku_id, '?/' || coalesce(line.barcode, 'none')) as real_sku_id,
        coalesce(known.skc_id, barcode.skc_id, '?/' || coalesce(line.barcode, 'none')) as skc_id,
        coalesce(known.style_id, barcode.style_id, '?') as style_id,
        sum(line.sold_qty) over (partition by line.order_id) as order_units
    from {{ ref('int_sales__line') }} as line
    left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = line.barcode
    left join {{ ref('int_goods__sku') }} as known on known.sku_id = line.sku_id
),

judged as (
    select
        line.*,
        test.key is not null as is_test,
        service.key is not null as is_service,
        staff.key is not null as is_staff,
        line.is_gift or gift.key is not null as is_gift_line,
        line.order_units > {{ threshold_count('reseller_order_units') }} or reseller.key is not null
            as is_reseller
    from line
    left join {{ ref('int_config__listed') }} as test
        on test.kind = 'test_order' and (test.key = line.order_no or test.key = line.order_id)
    left join {{ ref('int_config__listed') }} as service on service.kind = 'service_item' and service.key = line.style_id
    left join {{ ref('int_config__listed') }} as gift
        on gift.kind = 'gift'
        and (gift.key = line.barcode or gift.key = line.style_id or gift.key = line.bundle_code)
    left join {{ ref('int_config__listed') }} as staff
        on staff.kind = 'staff_member' and staff.key = line.one_id and line.source = 'pos'
    left join {{ ref('int_config__listed') }} as reseller on reseller.kind = 'reseller_member' and reseller.key = line.one_id
),

priced as (
    select
        judged.*,
        case when judged.is_gift_line then 0 else judged.qty end as sale_units,
        coalesce(price.tag_price, judged.tag_price) as unit_tag,
        price.retail_price,
        cost.unit_cost,
        exists (
            select 1 from {{ ref('promo_prefixes') }} as promo
            where promo.is_markdown and judged.promo_code like promo.prefix || '%'
        ) as is_markdown
    from judged
    left join {{ ref('dim_price') }} as price
        on price.skc_id = judged.skc_id
        and judged.sale_date >= price.valid_from and judged.sale_date < price.valid_to
    left join {{ ref('dim_cost') }} as cost
        on cost.skc_id = judged.skc_id
        and judged.sale_date >= cost.valid_from and judged.sale_date < cost.valid_to
)

select
    priced.sale_line_id,
    priced.source,
    priced.channel_id,
    case when priced.source = 'pos' then 'store' else 'online' end as channel_group,
    priced.platform,
    priced.shop,
    priced.store_code,
    priced.ship_store_code,
    store.region,
    priced.order_id,
    priced.line_no,
    priced.bundle_code,
    priced.real_sku_id as sku_id,
    priced.skc_id,
    priced.style_id,
    priced.sale_date,
    priced.sold_at,
    priced.one_id,
    coalesce(priced.one_id like 'card:%', false) as is_member,
    priced.staff_code,
    cast(priced.sale_units as bigint) as sale_units,
    cast(priced.sale_amt as decimal(18, 2)) as sale_amt,
    cast(priced.sale_units * priced.unit_tag as decimal(18, 2)) as tag_amt,
    cast(priced.coupon_amt as decimal(18, 2)) as coupon_amt,
    cast(priced.points_amt as decimal(18, 2)) as points_amt,
    priced.unit_cost,
    cast(priced.sale_units * priced.unit_cost as decimal(18, 2)) as cogs_amt,
    cast(round(
        priced.sale_amt * {{ threshold('vat_rate') }} / (1 + {{ threshold('vat_rate') }}), 2
    ) as decimal(18, 2)) as vat_amt,
    cast(case
        when priced.retail_price is not null then
            case when priced.retail_price = priced.unit_tag and not priced.is_markdown
                then priced.sale_units else 0
            end
        when priced.sale_amt >= priced.sale_units * priced.unit_tag * {{ threshold('fullprice_min_ratio') }}
            then priced.sale_units
        else 0
    end as bigint) as fullprice_units,
    cast(case when priced.is_gift_line then priced.qty else 0 end as bigint) as gift_units,
    cast(case when priced.cancelled_date is not null then priced.sale_units else 0 end as bigint)
        as cancel_units,
    priced.cancelled_date,
    priced.delivered_date,
    cast(case
        when priced.source = 'pos'
            then priced.sale_date + {{ threshold_count('return_window_store_days') }} * interval '1' day
        else priced.delivered_date + {{ threshold_count('return_window_online_days') }} * interval '1' day
    end as date) as closes_on,
    priced.is_gift_line as is_gift,
    priced.is_presale,
    priced.is_staff,
    priced.is_reseller,
    priced.is_test or priced.is_service or priced.is_gift_line or priced.is_staff as is_excluded,
    case
        when priced.is_test then 'test_order'
        when priced.is_service then 'service_item'
        when priced.is_gift_line then 'gift'
        when priced.is_staff then 'staff'
    end as exclusion_reason,
    priced.promo_code,
    priced.pickup_store,
    priced.ship_mode,
    priced.traffic_source,
    priced.guide_code,
    priced._batch
from priced
left join {{ ref('int_place__store') }} as store on store.store_code = priced.store_code
