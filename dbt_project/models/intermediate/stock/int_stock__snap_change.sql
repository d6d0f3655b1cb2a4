-- What snapshots add to touched ledgers, as changes by day: a value holds from its snapshot to the
-- location's next one. On-hand and transit come from here only for retailers without movements.
-- depends_on: {{ ref('int_touched__stock') }}
with location_day as (
    select
        store_code,
        snap_date,
        lead(snap_date) over (partition by store_code order by snap_date nulls last) as next_date
    from (
        select distinct store_code, snap_date  -- a store may have had two codes
        from {{ ref('int_touched__snap_day') }}
        where source_store_code is not null
    ) as taken
),

held as (
    select
        snap.store_code,
        coalesce(barcode.sku_id, '?/' || snap.barcode) as sku_id,
        coalesce(barcode.skc_id, '?/' || snap.barcode) as skc_id,
        snap.snap_date,
        case when owner.ledger_owns then 0 else snap.onhand_units end as onhand,
        coalesce(snap.reserved_units, 0) as reserved,
        coalesce(snap.locked_units, 0) as locked,
        case when owner.ledger_owns then 0 else coalesce(snap.transit_units, 0) end as transit
    from {{ ref('stg_erp__stock_snap') }} as snap
    cross join {{ ref('int_stock__owner') }} as owner
    left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = snap.barcode
    where snap.reserved_units <> 0 or snap.locked_units <> 0 or not owner.ledger_owns
),

change as (
    select store_code, sku_id, skc_id, snap_date as day, onhand, reserved, locked, transit
    from held
    union all
    select
        held.store_code, held.sku_id, held.skc_id, location_day.next_date, -held.onhand, -held.reserved,
        -held.locked, -held.transit
    from held
    inner join location_day
        on location_day.store_code = held.store_code and location_day.snap_date = held.snap_date
    where location_day.next_date is not null
)

select
    change.store_code,
    change.sku_id,
    change.skc_id,
    change.day,
    change.onhand,
    change.reserved,
    change.locked,
    change.transit
from change
{%- if is_delta('facts') %}
inner join {{ ref('int_touched__stock') }} as touched
    on touched.store_code = change.store_code and touched.sku_id = change.sku_id and change.day >= touched.from_day
{%- endif %}
