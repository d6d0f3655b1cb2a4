-- Presale orders, one row a campaign, order and SKU, from deposit to parcel.
with shipped as (
    select
        split_part(order_id, '|', 2) as order_no,
        sku_id,
        min(sale_date) as shipped_date,
        sum(sale_units) as shipped_units
    from {{ ref('fct_sale_line') }}
    where is_presale and source = 'ec'
    group by split_part(order_id, '|', 2), sku_id
),

presale as (
    select
        presale.*,
        presale.qty * coalesce(bundle.pieces, 1) as part_qty,
        presale.barcode || coalesce(bundle.line_part, '') as part_barcode,
        coalesce(barcode.sku_id, '?/' || coalesce(bundle.barcode, presale.barcode)) as sku_id,
        coalesce(barcode.skc_id, '?/' || coalesce(bundle.barcode, presale.barcode)) as skc_id
    from {{ ref('stg_ec__presale') }} as presale
    {{ bundle_join('presale.barcode') }}
    left join {{ ref('int_goods__barcode') }} as barcode
        on barcode.barcode = coalesce(bundle.barcode, presale.barcode)
)

select
    presale.campaign || '|' || presale.order_no || '|' || presale.part_barcode
        as presale_id,
    presale.campaign,
    coalesce(presale.platform, ec_order.platform) as platform,
    coalesce(presale.platform, ec_order.platform) || '|' || presale.order_no as order_id,
    presale.sku_id,
    presale.skc_id,
    {{ business_day('presale.deposit_at', 'online_cutoff_hours') }} as deposit_date,
    {{ business_day('presale.balance_at', 'online_cutoff_hours') }} as balance_date,
    case when presale.status = 'cancelled' or presale.cancelled_at is not null
        then {{ business_day('coalesce(presale.cancelled_at, presale.modified_at)', 'online_cutoff_hours') }}
    end as cancelled_date,
    shipped.shipped_date,
    presale.promised_ship_date,
    presale.part_qty as presale_units,
    cast(least(presale.part_qty, {{ threshold_count('presale_bulk_units') }}) as bigint) as capped_units,
    cast(coalesce(shipped.shipped_units, 0) as bigint) as shipped_units,
    presale.part_qty > {{ threshold_count('presale_bulk_units') }} as is_reseller_capped,
    presale.status,
    presale._batch
from presale
left join (
    -- Part of the key: any version tells.
    select order_no, min(platform) as platform from {{ source('bronze', 'ec_order') }} group by order_no
) as ec_order on ec_order.order_no = presale.order_no
left join shipped on shipped.order_no = presale.order_no and shipped.sku_id = presale.sku_id
