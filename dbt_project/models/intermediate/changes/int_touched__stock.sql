-- Stock ledgers (location and SKU) to recompute. Movements: every version of a touched document
-- counts, so that a line that was restated to another SKU or place also clears the old ledger.
-- Snapshots: locations and SKUs with reserved or locked pieces in a new snapshot, or with such pieces
-- in the ledger from that day on (a snapshot leaves zero rows out).
{%- set held = last_built('core', 'fct_stock_interval') %}
with scope as (
    select is_full from {{ ref('int_touched__scope') }}
),

version as (
    select
        from_store,
        to_store,
        barcode
    from {{ source('bronze', 'erp_stock_move') }}
    where doc_no in (select doc_no from {{ ref('int_touched__stock_doc') }})
),

place as (
    select from_store as store_code, barcode from version where from_store is not null
    union
    select to_store, barcode from version where to_store is not null
    union
    select snap.store_code, snap.barcode
    from {{ source('bronze', 'erp_stock_snap') }} as snap
    where (
        snap._file_id in (select file_id from {{ ref('int_touched__file') }})
        or (select is_full from scope)
        or snap.barcode in (select key from {{ ref('int_touched__dimension') }} where kind = 'barcode')
    )
    and (
        snap.reserved_units <> 0 or snap.locked_units <> 0
        or not (select ledger_owns from {{ ref('int_stock__owner') }})
    )
),

-- A barcode that changed its SKU leaves the old ledger too: the stub or the SKU it had.
meaning as (
    select barcode, sku_id from {{ ref('int_goods__barcode') }}
    union
    select barcode, '?/' || barcode as sku_id from place
    {%- set before = last_built('intermediate', 'int_build__fingerprint') %}
    {%- if before %}
    union
    select key as barcode, value as sku_id from {{ before }} where kind = 'barcode'
    {%- endif %}
),

touched as (
    select
        coalesce(store_map.new_code, place.store_code) || '|' || meaning.sku_id as stock_key
    from place
    inner join meaning on meaning.barcode = place.barcode
    {{ map_join('store', 'place.store_code', 'store_map') }}
    {%- if held %}
    union
    select held.store_code || '|' || held.sku_id
    from {{ held }} as held
    inner join (
        select
            coalesce(store_map.new_code, taken.store_code) as store_code,
            min(taken.snap_date) as snap_date
        from {{ source('bronze', 'erp_stock_snap') }} as taken
        {{ map_join('store', 'taken.store_code', 'store_map') }}
        where taken._file_id in (select file_id from {{ ref('int_touched__file') }})
        group by coalesce(store_map.new_code, taken.store_code)
    ) as snap
        on snap.store_code = held.store_code and held.valid_to > snap.snap_date
    where held.reserved_units <> 0 or held.locked_units <> 0
        or not (select ledger_owns from {{ ref('int_stock__owner') }})
    union
    select store_code || '|' || sku_id from {{ held }} where (select is_full from scope)
    {%- endif %}
)

select stock_key
from touched
