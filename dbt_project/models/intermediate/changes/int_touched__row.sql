-- Orders with a row in a new file, or with a barcode, price, cost, SKU, store or identity that changed. Read
-- from all versions of the rows: which of them counts doesn't matter here, and no sorting is needed.
-- depends_on: {{ ref('int_changes__facts') }}
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ ref('int_goods__bundle') }}
-- depends_on: {{ ref('stg_config__code_map') }}
-- depends_on: {{ ref('int_returns__slip') }}
-- depends_on: {{ source('bronze', 'pos_receipt_line') }}
-- depends_on: {{ source('bronze', 'pos_receipt') }}
-- depends_on: {{ source('bronze', 'ec_order') }}
-- depends_on: {{ source('bronze', 'ec_order_line') }}
-- depends_on: {{ source('bronze', 'ec_refund') }}
-- depends_on: {{ source('bronze', 'ec_shipment') }}
-- depends_on: {{ source('bronze', 'ec_presale') }}
-- depends_on: {{ source('bronze', 'pos_return') }}
{%- if is_delta('facts') %}
{%- set sold, returned = last_built('facts', 'core', 'fct_sale_line'), last_built('facts', 'core', 'fct_return_line') %}
with scope as (
    select {{ everything_is_touched() }} as is_full
),

new_file as (
    select file_id from {{ ref('int_touched__file') }}
),

changed as (
    select kind, key, from_day from {{ ref('int_changes__facts') }}
),

barcode as (
    select key from changed where kind in ('barcode', 'bundle')
    union
    select bundle.bundle_code  -- one of the things in it became another
    from changed
    inner join {{ ref('int_goods__bundle') }} as bundle on bundle.barcode = changed.key
    where changed.kind = 'barcode'
),

store as (
    select key from changed where kind = 'store'
    union
    select code_map.old_code
    from changed
    inner join {{ ref('stg_config__code_map') }} as code_map
        on code_map.kind = 'store' and code_map.new_code = changed.key
    where changed.kind = 'store'
),

node as (
    select
        split_part(key, ':', 1) as kind,
        substr(key, length(split_part(key, ':', 1)) + 2) as key
    from changed
    where kind = 'identity'
),

touched as (
    select store_code || '|' || cast(biz_date as string) || '|' || receipt_no as order_id
    from {{ source('bronze', 'pos_receipt_line') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
        or store_code in (select key from store)
        or member_no in (select key from node where kind = 'card')
    union
    select store_code || '|' || cast(biz_date as string) || '|' || receipt_no
    from {{ source('bronze', 'pos_receipt') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or member_no in (select key from node where kind = 'card')
        or phone_key in (select key from node where kind = 'phone')
    union
    select platform || '|' || order_no
    from {{ source('bronze', 'ec_order') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or buyer_id_key in (select key from node where kind = 'user')
        or phone_key in (select key from node where kind = 'phone')
    union
    select platform || '|' || order_no
    from {{ source('bronze', 'ec_order_line') }}
    where (select is_full from scope)
        or _file_id in (select file_id from new_file)
        or barcode in (select key from barcode)
    union
    select platform || '|' || order_no
    from {{ source('bronze', 'ec_refund') }}
    where (select is_full from scope) or _file_id in (select file_id from new_file)
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
    {%- for fact, id in [(sold, 'order_id'), (returned, 'return_doc_id')] %}
    union
    select fact.{{ id }}
    from {{ fact }} as fact
    inner join changed
        on (changed.kind in ('price', 'cost') and changed.key = fact.skc_id and fact.sale_date >= changed.from_day)
    union
    select {{ id }}
    from {{ fact }}
    where (select is_full from scope) or sku_id in (select key from changed where kind = 'sku')
    {%- endfor %}
)

select order_id
from touched
where order_id is not null
{%- else %}
select cast(null as string) as order_id
from {{ ref('int_touched__file') }}
where 1 = 0
{%- endif %}
