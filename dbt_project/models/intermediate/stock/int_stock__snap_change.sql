-- What snapshots add to touched ledgers, as changes by day: a value holds from its snapshot to the
-- location's next one. On-hand and transit come from here only for retailers without movements.
with location_day as (
    select
        store_code,
        snap_date,
        lead(snap_date) over (partition by store_code order by snap_date) as next_date
    from (
        select distinct  -- any version of a row tells: which of them counts doesn't matter here
            coalesce(store_map.new_code, snap.store_code) as store_code,
            snap.snap_date
        from {{ source('bronze', 'erp_stock_snap') }} as snap
        {{ map_join('store', 'snap.store_code', 'store_map') }}
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

touched as (
    select
        held.*,
        location_day.next_date
    from held
    inner join location_day
        on location_day.store_code = held.store_code and location_day.snap_date = held.snap_date
    where held.store_code || '|' || held.sku_id in (
        select stock_key from {{ ref('int_touched__stock') }}
    )
),

change as (
    select store_code, sku_id, skc_id, snap_date as day, onhand, reserved, locked, transit
    from touched
    union all
    select store_code, sku_id, skc_id, next_date, -onhand, -reserved, -locked, -transit
    from touched
    where next_date is not null
)

select
    store_code,
    sku_id,
    skc_id,
    day,
    sum(onhand) as onhand,
    sum(reserved) as reserved,
    sum(locked) as locked,
    sum(transit) as transit
from change
group by store_code, sku_id, skc_id, day
