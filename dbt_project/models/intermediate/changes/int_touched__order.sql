-- depends_on: {{ ref('int_touched__dimension') }}
-- depends_on: {{ ref('int_touched__scope') }}
-- Orders and return documents to recompute: those touched themselves, and the returns that refer to
-- them. A store return claims a receipt by store and number, with or without its day; a slip may claim
-- an online order. A document has the id of its receipt, or of the online order with its refunds.
{%- set returned = last_built('core', 'fct_return_line') %}
with base as (
    select order_id from {{ ref('int_touched__row') }}
),

receipt as (
    select distinct  -- with its day, and without
        coalesce(store_map.new_code, split_part(base.order_id, '|', 1)) as store_code,
        split_part(base.order_id, '|', 3) as receipt_no,
        split_part(base.order_id, '|', 2) as biz_date
    from base
    {{ map_join('store', "split_part(base.order_id, '|', 1)", 'store_map') }}
    where split_part(base.order_id, '|', 3) <> ''
),

online as (
    select distinct split_part(order_id, '|', 2) as order_no  -- platforms may share a number
    from base
    where split_part(order_id, '|', 3) = ''
),

claiming as (
    select
        receipt_no,
        store_code,
        biz_date,
        original_receipt_no
    from {{ source('bronze', 'pos_receipt') }}
    where original_receipt_no is not null
),

touched as (
    select order_id from base
    union
    select slip.return_doc_id
    from {{ ref('int_returns__slip') }} as slip
    inner join receipt
        on receipt.store_code = slip.original_store
        and receipt.receipt_no = slip.original_receipt_no
        and coalesce(cast(slip.original_date as string), receipt.biz_date) = receipt.biz_date
    union
    select
        claiming.store_code || '|' || cast(claiming.biz_date as string) || '|' || claiming.receipt_no
    from claiming
    {{ map_join('store', 'claiming.store_code', 'own_map') }}
    inner join receipt
        on receipt.store_code = coalesce(own_map.new_code, claiming.store_code)
        and receipt.receipt_no = claiming.original_receipt_no
    union
    select slip.return_doc_id
    from {{ ref('int_returns__slip') }} as slip
    inner join online on online.order_no = slip.online_order_no
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
    select return_doc_id from {{ returned }} where (select is_full from {{ ref('int_touched__scope') }})
    {%- endif %}
)

select order_id
from touched
