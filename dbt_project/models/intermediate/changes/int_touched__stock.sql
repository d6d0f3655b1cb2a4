-- Stock ledgers (location and SKU) to recompute, and from which day on. Movements: every version of a
-- touched document counts, so that a line that was restated to another SKU, place or day also clears what
-- it left. Snapshots: SKUs with reserved or locked pieces in a new snapshot, or with such pieces in the
-- ledger from that day on (a snapshot leaves zero rows out).
-- depends_on: {{ ref('int_changes__facts') }}
-- depends_on: {{ ref('int_touched__scope') }}
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ ref('int_touched__stock_doc') }}
-- depends_on: {{ ref('int_stock__owner') }}
-- depends_on: {{ ref('int_goods__barcode') }}
-- depends_on: {{ ref('stg_config__code_map') }}
-- depends_on: {{ ref('int_config__threshold') }}
-- depends_on: {{ source('bronze', 'erp_stock_move') }}
-- depends_on: {{ source('bronze', 'erp_stock_snap') }}
{%- if is_delta('facts') %}
{%- set held = last_built('facts', 'core', 'fct_stock_interval') %}
with scope as (
    select is_full from {{ ref('int_touched__scope') }}
),

owner as (
    select ledger_owns from {{ ref('int_stock__owner') }}
),

new_file as (
    select file_id from {{ ref('int_touched__file') }}
),

changed as (
    select kind, key from {{ ref('int_changes__facts') }} where kind in ('barcode', 'barcode_sku')
),

version as (
    select
        from_store,
        to_store,
        barcode,
        {{ business_day('least(sent_at, received_at)', 'store_cutoff_hours') }} as day
    from {{ source('bronze', 'erp_stock_move') }}
    where doc_no in (select doc_no from {{ ref('int_touched__stock_doc') }})
),

place as (
    select from_store as store_code, barcode, day from version where from_store is not null
    union all
    select to_store, barcode, day from version where to_store is not null
    union all
    select store_code, barcode, snap_date
    from {{ source('bronze', 'erp_stock_snap') }}
    where barcode in (select key from changed where kind = 'barcode')
        or (
            (_file_id in (select file_id from new_file) or (select is_full from scope))
            and (reserved_units <> 0 or locked_units <> 0 or not (select ledger_owns from owner))
        )
),

-- A barcode that changed its SKU leaves the old ledger too: the stub or the SKU it had.
meaning as (
    select barcode, sku_id from {{ ref('int_goods__barcode') }}
    union
    select barcode, '?/' || barcode as sku_id from place
    union
    select
        split_part(key, '|', 1) as barcode,
        substr(key, length(split_part(key, '|', 1)) + 2) as sku_id
    from changed
    where kind = 'barcode_sku'
),

snapped as (
    select
        coalesce(store_map.new_code, taken.store_code) as store_code,
        min(taken.snap_date) as snap_date
    from {{ source('bronze', 'erp_stock_snap') }} as taken
    {{ map_join('store', 'taken.store_code', 'store_map') }}
    where taken._file_id in (select file_id from new_file)
    group by coalesce(store_map.new_code, taken.store_code)
),

touched as (
    select
        coalesce(store_map.new_code, place.store_code) as store_code,
        meaning.sku_id,
        case when again.key is null then place.day end as from_day
    from place
    inner join meaning on meaning.barcode = place.barcode
    {{ map_join('store', 'place.store_code', 'store_map') }}
    left join changed as again on again.kind = 'barcode' and again.key = place.barcode
    union all
    select held.store_code, held.sku_id, snapped.snap_date
    from {{ held }} as held
    inner join snapped on snapped.store_code = held.store_code and held.valid_to > snapped.snap_date
    where held.reserved_units <> 0 or held.locked_units <> 0 or not (select ledger_owns from owner)
    union all
    select store_code, sku_id, cast(null as date)
    from {{ held }}
    where (select is_full from scope)
)

select
    store_code,
    sku_id,
    case
        when (select is_full from scope) or count(*) > count(from_day) then date '1900-01-01'
        else min(from_day)
    end as from_day
from touched
group by store_code, sku_id
{%- else %}
select
    cast(null as string) as store_code,
    cast(null as string) as sku_id,
    cast(null as date) as from_day
from {{ ref('int_touched__scope') }}
where 1 = 0
{%- endif %}
