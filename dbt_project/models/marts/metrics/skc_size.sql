{#
  Sizes of the products on the board: sold and returned since launch and in the last 28 days, and what lies in
  stores and in the warehouses at the as-of date. Sales before launch or of an earlier cycle are not counted.
#}
with as_of as (
    select max(as_of_date) as as_of_date from {{ source('bronze', '_run') }}
),

product as (
    select board.skc_id, coalesce(board.launch_date, cast('1900-01-01' as date)) as launch_date, as_of.as_of_date
    from {{ ref('board') }} as board
    cross join as_of
),

sold as (
    select
        line.sku_id,
        sum(line.sale_units - case when line.cancelled_date <= product.as_of_date then coalesce(line.cancel_units, 0) else 0 end) as units,
        sum(
            case when line.sale_date > {{ hits_add_days('product.as_of_date', -28) }} then line.sale_units
                - case when line.cancelled_date <= product.as_of_date then coalesce(line.cancel_units, 0) else 0 end
            else 0 end
        ) as units_28d
    from {{ ref('fct_sale_line') }} as line
    inner join product on product.skc_id = line.skc_id
    where not line.is_excluded and not line.is_gift
        and line.sale_date >= product.launch_date and line.sale_date <= product.as_of_date
    group by line.sku_id
),

back as (
    select line.sku_id, sum(line.ret_units) as units
    from {{ ref('fct_return_line') }} as line
    inner join product on product.skc_id = line.skc_id
    where not line.is_excluded and line.sale_date >= product.launch_date and line.post_date <= product.as_of_date
    group by line.sku_id
),

stock as (
    select
        ledger.sku_id,
        sum(case when place.location_type in ('dc', 'online') then 0 else ledger.avail_units end) as store_units,
        sum(case when place.location_type in ('dc', 'online') then ledger.avail_units else 0 end) as central_units,
        sum(ledger.transit_units) as transit_units
    from {{ ref('fct_stock_interval') }} as ledger
    inner join product
        on product.skc_id = ledger.skc_id
        and ledger.valid_from <= product.as_of_date and ledger.valid_to > product.as_of_date
    inner join {{ ref('dim_store') }} as place on place.store_code = ledger.store_code
    group by ledger.sku_id
)

select
    sku.skc_id,
    sku.sku_id,
    sku.size_name,
    sku.size_order,
    cast(coalesce(sold.units, 0) - coalesce(back.units, 0) as bigint) as cum_net_units,
    cast(coalesce(sold.units_28d, 0) as bigint) as sale_units_28d,
    cast(coalesce(stock.store_units, 0) as bigint) as store_avail_units,
    cast(coalesce(stock.central_units, 0) as bigint) as central_avail_units,
    cast(coalesce(stock.transit_units, 0) as bigint) as transit_units
from {{ ref('dim_sku') }} as sku
inner join product on product.skc_id = sku.skc_id
left join sold on sold.sku_id = sku.sku_id
left join back on back.sku_id = sku.sku_id
left join stock on stock.sku_id = sku.sku_id
