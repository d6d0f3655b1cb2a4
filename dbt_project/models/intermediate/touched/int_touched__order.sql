-- Orders (store receipts and online orders) whose sale or return lines must be recomputed: those
-- with a row in a new file, and those that use a barcode, price, cost, store or identity that changed.
{%- set sold = last_built('core', 'fct_sale_line') %}
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

node as (
    select key from {{ ref('int_touched__dimension') }} where kind = 'identity'
),

touched as (
    select order_id
    from {{ ref('stg_pos__receipt_line') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
        or store_code in (select key from store)
        or 'card:' || member_no in (select key from node)
    union
    select order_id
    from {{ ref('stg_pos__receipt') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or 'card:' || member_no in (select key from node)
        or 'phone:' || phone_key in (select key from node)
    union
    select order_id
    from {{ ref('stg_ec__order') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or 'user:' || buyer_id_key in (select key from node)
        or 'phone:' || phone_key in (select key from node)
    union
    select order_id
    from {{ ref('stg_ec__order_line') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
    union
    select order_id
    from {{ ref('stg_ec__refund') }}
    where _file_id in (select file_id from new_file)
    union
    -- Parcels and presale rows may lack the platform; the order number finds the order.
    select ec_order.order_id
    from {{ ref('stg_ec__order') }} as ec_order
    where ec_order.order_no in (
        select order_no from {{ ref('stg_ec__shipment') }}
        where _file_id in (select file_id from new_file)
        union all
        select order_no from {{ ref('stg_ec__presale') }}
        where _file_id in (select file_id from new_file)
            or barcode in (select key from barcode)
        union all
        select online_order_no from {{ ref('stg_pos__return') }}
        where _file_id in (select file_id from new_file) and online_order_no is not null
    )
    {%- if sold %}
    union
    select fact.order_id
    from {{ sold }} as fact
    inner join {{ ref('int_touched__dimension') }} as dimension
        on dimension.key = fact.skc_id
        and dimension.kind in ('price', 'cost')
        and fact.sale_date >= dimension.valid_from
        and fact.sale_date < dimension.valid_to
    union
    select order_id from {{ sold }} where (select is_full from scope)
    {%- endif %}
)

select order_id
from touched
