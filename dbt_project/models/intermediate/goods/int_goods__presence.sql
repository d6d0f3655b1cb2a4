-- Days on which a style-colour was in a store or sold anywhere, as intervals; stock in a DC alone is
-- no presence. Stores that send no POS files count for no indicator and not here.
select
    stock.skc_id,
    stock.store_code,
    stock.valid_from,
    stock.valid_to,
    'stock' as kind
from {{ ref('fct_stock_interval') }} as stock
inner join {{ ref('int_place__store') }} as store
    on store.store_code = stock.store_code and store.has_pos
where stock.onhand_units > 0
union all
select distinct  -- a day with a sale, whatever the number of lines
    sale.skc_id,
    sale.store_code,
    sale.sale_date,
    cast(sale.sale_date + interval '1' day as date),
    'sale'
from {{ ref('fct_sale_line') }} as sale
where sale.cancelled_date is null and not sale.is_excluded
