-- Orders and return documents to recompute, with the columns that find them in bronze: those touched
-- themselves, and what refers to them. A store return claims a receipt by store and number, with or
-- without its day; a slip may claim an online order, and then both are recomputed, with its other slips.
-- A document has the id of its receipt, or of the online order with its refunds.
-- depends_on: {{ ref('stg_config__code_map') }}
-- depends_on: {{ ref('int_returns__slip') }}
-- depends_on: {{ source('bronze', 'ec_order') }}
-- depends_on: {{ source('bronze', 'pos_receipt') }}
{%- if is_delta('facts') %}
with own as (
    select order_id from {{ ref('int_touched__row') }}
),

slip as (
    select
        return_doc_id,
        original_store,
        original_receipt_no,
        cast(original_date as string) as original_date,
        online_order_no
    from {{ ref('int_returns__slip') }}
),

base as (
    select order_id from own
    union
    select ec_order.platform || '|' || ec_order.order_no
    from {{ source('bronze', 'ec_order') }} as ec_order
    where ec_order.order_no in (
        select slip.online_order_no
        from slip
        inner join own on own.order_id = slip.return_doc_id
        where slip.online_order_no is not null
    )
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
    from slip
    inner join receipt
        on receipt.store_code = slip.original_store
        and receipt.receipt_no = slip.original_receipt_no
        and coalesce(slip.original_date, receipt.biz_date) = receipt.biz_date
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
    from slip
    inner join online on online.order_no = slip.online_order_no
)

select
    order_id,
    case when split_part(order_id, '|', 3) <> '' then split_part(order_id, '|', 1) end as store_code,
    case when split_part(order_id, '|', 3) <> '' then try_cast(split_part(order_id, '|', 2) as date) end as biz_date,
    case when split_part(order_id, '|', 3) <> '' then split_part(order_id, '|', 3) end as receipt_no,
    case when split_part(order_id, '|', 3) = '' then split_part(order_id, '|', 1) end as platform,
    case when split_part(order_id, '|', 3) = '' then split_part(order_id, '|', 2) end as order_no
from touched
{%- else %}
select
    order_id,
    cast(null as string) as store_code,
    cast(null as date) as biz_date,
    cast(null as string) as receipt_no,
    cast(null as string) as platform,
    cast(null as string) as order_no
from {{ ref('int_touched__row') }}
{%- endif %}
