-- Barcodes that facts use and the SKU file doesn't know; each is its own stub until it does.
with used as (
    select sku_id from {{ ref('fct_sale_line') }}
    union
    select sku_id from {{ ref('fct_return_line') }}
    union
    select sku_id from {{ ref('fct_stock_interval') }}
    union
    select sku_id from {{ ref('fct_stock_move') }}
    union
    select sku_id from {{ ref('fct_po_line') }}
    union
    select sku_id from {{ ref('fct_presale') }}
    union
    select sku_id from {{ ref('fct_stock_check') }}
)

select
    used.sku_id,
    substr(used.sku_id, 3) as barcode
from used
where used.sku_id like '?/%'
