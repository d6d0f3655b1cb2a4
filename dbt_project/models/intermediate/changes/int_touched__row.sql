-- Orders with a row in a new file, or with a barcode, price, cost, store or identity that changed. Read
-- from all versions of the rows: which of them counts doesn't matter here, and no sorting is needed.
{%- set sold = last_built('core', 'fct_sale_line') %}
with scope as (
    select is_full from {{ ref('int_touched__scope') }}
),

new_file as (
    select file_id from {{ ref('int_touched__file') }}
),

barcode as (
    select key from {{ ref('int_touched__dimension') }} where kind in ('barcode', 'bundle')
    union
    select bundle.bundle_code  -- one of the things in it became another
    from {{ ref('int_touched__dimension') }} as dimension
    inner join {{ ref('int_goods__bundle') }} as bundle on bundle.barcode = dimension.key
    where dimension.kind = 'barcode'
),

store as (
    select key from {{ ref('int_touched__dimension') }} where kind = 'store'
    union
    select code_map.old_code
    from {{ ref('int_touched__dimension') }} as dimension
    inner join {{ ref('stg_config__code_map') }} as code_map
        on code_map.kind = 'store' and code_map.new_code = dimension.key
    where dimension.kind = 'store'
),

node as (
    select key from {{ ref('int_touched__dimension') }} where kind = 'identity'
),

touched as (
    select store_code || '|' || cast(biz_date as string) || '|' || receipt_no as order_id
    from {{ source('bronze', 'pos_receipt_line') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
        or store_code in (select key from store)
        or 'card:' || member_no in (select key from node)
    union
    select store_code || '|' || cast(biz_date as string) || '|' || receipt_no
    from {{ source('bronze', 'pos_receipt') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or 'card:' || member_no in (select key from node)
        or 'phone:' || phone_key in (select key from node)
    union
    select platform || '|' || order_no
    from {{ source('bronze', 'ec_order') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or 'user:' || buyer_id_key in (select key from node)
        or 'phone:' || phone_key in (select key from node)
    union
    select platform || '|' || order_no
    from {{ source('bronze', 'ec_order_line') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
    union
    select platform || '|' || order_no
    from {{ source('bronze', 'ec_refund') }}
    where _file_id in (select file_id from new_file)
    union
    select return_doc_id
    from {{ ref('int_returns__slip') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
        or store_code in (select key from store)
    union
    -- Parcels, presale rows and slips may lack the platform; the order number finds the order.
    select platform || '|' || order_no
    from {{ source('bronze', 'ec_order') }}
    where order_no in (
        select order_no from {{ source('bronze', 'ec_shipment') }}
        where _file_id in (select file_id from new_file)
        union all
        select order_no from {{ source('bronze', 'ec_presale') }}
        where _file_id in (select file_id from new_file)
            or barcode in (select key from barcode)
        union all
        select online_order_no from {{ source('bronze', 'pos_return') }}
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
where order_id is not null
