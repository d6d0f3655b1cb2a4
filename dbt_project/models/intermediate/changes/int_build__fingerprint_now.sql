{{ config(materialized='view') }}
-- What incremental facts take from tables that are rebuilt in full: one row a key and validity.
-- Compared with the last build's copy, it tells which facts must be recomputed.
with price_start as (
    select skc_id, min(valid_from) as first_day from {{ ref('dim_price') }} group by skc_id
),

cost_start as (
    select skc_id, min(valid_from) as first_day from {{ ref('dim_cost') }} group by skc_id
)

select
    'price' as kind,
    skc_id as key,
    valid_from,
    valid_to,
    cast(tag_price as string) || '|' || cast(retail_price as string) as value
from {{ ref('dim_price') }}
union all
select 'price', skc_id, date '0001-01-01', first_day, 'none' from price_start
union all
select 'cost', skc_id, valid_from, valid_to, cast(unit_cost as string) from {{ ref('dim_cost') }}
union all
select 'cost', skc_id, date '0001-01-01', first_day, 'none' from cost_start
union all
select 'barcode', barcode, date '0001-01-01', date '9999-12-31', sku_id
from {{ ref('int_goods__barcode') }}
union all
select
    'bundle', bundle_code, date '0001-01-01', date '9999-12-31',
    {{ ordered_concat("barcode || ' ' || cast(pieces as string) || ' ' || cast(weight as string)", 'barcode') }}
from {{ ref('int_goods__bundle') }}
group by bundle_code
union all
select
    'store', store_code, date '0001-01-01', date '9999-12-31',
    coalesce(region, '') || '|' || location_type
from {{ ref('int_place__store') }}
union all
select 'identity', node, date '0001-01-01', date '9999-12-31', one_id
from {{ ref('int_identity__node') }}
union all
select distinct  -- a shared phone has many accounts
    'identity', node_b, date '0001-01-01', date '9999-12-31', 'shared'
from {{ ref('int_identity__pair') }}
where is_shared
union all
select
    'config', 'threshold:' || name, date '0001-01-01', date '9999-12-31', cast(value as string)
from {{ ref('int_config__threshold') }}
union all
select
    'config', 'code:' || kind || ':' || old_code, date '0001-01-01', date '9999-12-31', new_code
from {{ ref('stg_config__code_map') }}
union all
select
    'config', 'exclusion:' || exclusion.kind || ':' || exclusion.key, date '0001-01-01',
    date '9999-12-31', coalesce(node.one_id, 'listed')
from {{ ref('stg_config__exclusion') }} as exclusion
left join {{ ref('int_identity__node') }} as node
    on exclusion.kind like '%_member' and node.node = 'card:' || exclusion.key
union all
select
    'config', 'available:' || feed, date '0001-01-01', date '9999-12-31', cast(is_available as string)
from {{ source('bronze', '_feed') }}
where feed in ('erp_stock_move', 'ec_shipment')
