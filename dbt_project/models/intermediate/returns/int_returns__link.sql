-- The sale line that each return of a touched document belongs to; a return without a row is an orphan.
with claim as (
    select
        line.*,
        -- Pieces of the same online line that came back before: parcels are used up in turn.
        coalesce(sum(line.ret_units) over (
            partition by line.online_order_no, line.sku_id, line.original_line_no
            order by line.post_date nulls last, line.return_line_id nulls last
            rows between unbounded preceding and 1 preceding
        ), 0) as back_before
    from {{ ref('int_returns__line') }} as line
),

sale as (
    select
        sale_line_id,
        source,
        store_code,
        order_id,
        line_no,
        sku_id,
        sale_date,
        sale_units
    from {{ ref('fct_sale_line') }}
    where cancelled_date is null
),

online_part as (
    select
        sale.sale_line_id,
        split_part(sale.order_id, '|', 2) as order_no,
        sale.line_no,
        sale.sku_id,
        sale.sale_date,
        sum(sale.sale_units) over (
            partition by sale.order_id, sale.line_no order by sale.sale_date nulls last, sale.sale_line_id nulls last
        ) as units_so_far
    from sale
    where sale.source = 'ec'
        and split_part(sale.order_id, '|', 2) in (
            select online_order_no from claim where claims = 'online'
        )
),

-- The sale line of a store return: the line itself, else the same SKU on that receipt; without a day
-- the latest receipt of that number. Online the line, and of several parcels the first not used up.
candidate as (
    select
        claim.return_line_id,
        sale.sale_line_id,
        case when split_part(sale.line_no, '/', 1) = claim.original_line_no then 0 else 1 end
            as distance,
        {{ dbt.datediff('sale.sale_date', 'claim.post_date', 'day') }} as place,
        sale.line_no
    from claim
    inner join sale
        on claim.claims = 'store'
        and sale.source = 'pos'
        and sale.store_code = claim.original_store
        and split_part(sale.order_id, '|', 3) = claim.original_receipt_no
        and sale.sku_id = claim.sku_id
        and sale.sale_date <= claim.post_date
        and coalesce(claim.original_date, sale.sale_date) = sale.sale_date
    union all
    select
        claim.return_line_id,
        online_part.sale_line_id,
        case when online_part.line_no = claim.original_line_no then 0 else 1 end,
        case when online_part.units_so_far > claim.back_before then online_part.units_so_far
            else 1000000 - online_part.units_so_far
        end,
        online_part.line_no
    from claim
    inner join online_part
        on claim.claims = 'online'
        and online_part.order_no = claim.online_order_no
        and online_part.sku_id = claim.sku_id
        and online_part.sale_date <= claim.post_date
)

select
    return_line_id,
    sale_line_id
from candidate
qualify row_number() over (
    partition by return_line_id order by distance nulls last, place nulls last, line_no nulls last, sale_line_id nulls last
) = 1
