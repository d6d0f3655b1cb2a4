-- Return documents to recompute. A document is a store receipt or slip (both under the receipt's
-- order id) or an online order with its refunds. Touched: own rows are new, or the sale they refer
-- to is touched. The receipt a document claims is known by store and number, with or without its day.
{%- set returned = last_built('core', 'fct_return_line') %}
with scope as (
    select is_full from {{ ref('int_touched__scope') }}
),

new_file as (
    select file_id from {{ ref('int_touched__file') }}
),

barcode as (
    select key from {{ ref('int_touched__dimension') }} where kind = 'barcode'
),

store as (
    select key from {{ ref('int_touched__dimension') }} where kind = 'store'
),

slip as (
    select
        return_doc_id,
        original_store || '|' || original_receipt_no as claimed_receipt,
        original_date,
        online_order_no,
        (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
        or store_code in (select key from store) as is_touched
    from {{ ref('int_returns__slip') }}
),

touched_receipt as (
    select
        line.store_code || '|' || line.receipt_no as receipt,
        line.biz_date,
        line.order_id
    from {{ ref('stg_pos__receipt_line') }} as line
    where line.order_id in (select order_id from {{ ref('int_touched__order') }})
    group by line.store_code || '|' || line.receipt_no, line.biz_date, line.order_id
),

touched_online as (
    select order_no
    from {{ ref('stg_ec__order') }}
    where order_id in (select order_id from {{ ref('int_touched__order') }})
    union
    select order_no
    from {{ ref('stg_ec__refund') }}
    where order_id in (select order_id from {{ ref('int_touched__order') }})
),

claiming as (
    select
        order_id,
        store_code || '|' || original_receipt_no as claimed_receipt
    from {{ ref('stg_pos__receipt') }}
    where original_receipt_no is not null
),

touched as (
    select order_id as return_doc_id from {{ ref('int_touched__order') }}
    union
    select return_doc_id from slip where is_touched
    union
    select slip.return_doc_id
    from slip
    inner join touched_receipt
        on touched_receipt.receipt = slip.claimed_receipt
        and coalesce(slip.original_date, touched_receipt.biz_date) = touched_receipt.biz_date
    union
    select claiming.order_id
    from claiming
    inner join touched_receipt on touched_receipt.receipt = claiming.claimed_receipt
    union
    select slip.return_doc_id
    from slip
    inner join touched_online on touched_online.order_no = slip.online_order_no
    {%- if returned %}
    union
    select fact.return_doc_id
    from {{ returned }} as fact
    inner join {{ ref('int_touched__dimension') }} as dimension
        on dimension.key = fact.skc_id
        and dimension.kind in ('price', 'cost')
        and fact.sale_date >= dimension.valid_from
        and fact.sale_date < dimension.valid_to
    where fact.is_orphan
    union
    select return_doc_id from {{ returned }} where (select is_full from scope)
    {%- endif %}
)

select return_doc_id
from touched
