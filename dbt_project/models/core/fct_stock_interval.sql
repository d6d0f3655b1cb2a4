{{ config(
    materialized='incremental', incremental_strategy='replace_touched', unique_key='stock_key',
    on_schema_change='fail', meta={'touched': 'int_touched__stock'}
) }}
-- Stock of a location and SKU at the close of each day, as half-open intervals of equal values. On-hand
-- and transit are the sum of all movements so far; reserved and locked stand from a snapshot of the
-- location to its next one.
with change as (
    select
        store_code,
        sku_id,
        skc_id,
        move_date as day,
        units as onhand,
        0 as reserved,
        0 as locked,
        transit_units as transit
    from {{ ref('fct_stock_move') }}
    where store_code || '|' || sku_id in (select stock_key from {{ ref('int_touched__stock') }})
        and (select ledger_owns from {{ ref('int_stock__owner') }})
    union all
    select
        store_code,
        sku_id,
        skc_id,
        day,
        onhand,
        reserved,
        locked,
        transit
    from {{ ref('int_stock__snap_change') }}
),

daily as (
    select
        store_code,
        sku_id,
        max(skc_id) as skc_id,
        day,
        sum(onhand) as onhand,
        sum(reserved) as reserved,
        sum(locked) as locked,
        sum(transit) as transit
    from change
    group by store_code, sku_id, day
    having sum(onhand) <> 0 or sum(reserved) <> 0 or sum(locked) <> 0 or sum(transit) <> 0
),

running as (
    select
        store_code,
        sku_id,
        skc_id,
        day as valid_from,
        coalesce(
            lead(day) over (partition by store_code, sku_id order by day), date '9999-12-31'
        ) as valid_to,
        sum(onhand) over (partition by store_code, sku_id order by day) as onhand_units,
        sum(reserved) over (partition by store_code, sku_id order by day) as reserved_units,
        sum(locked) over (partition by store_code, sku_id order by day) as locked_units,
        sum(transit) over (partition by store_code, sku_id order by day) as transit_units
    from daily
)

select
    store_code || '|' || sku_id as stock_key,
    store_code,
    sku_id,
    skc_id,
    valid_from,
    valid_to,
    cast(onhand_units as bigint) as onhand_units,
    cast(reserved_units as bigint) as reserved_units,
    cast(locked_units as bigint) as locked_units,
    cast(greatest(onhand_units - reserved_units - locked_units, 0) as bigint) as avail_units,
    cast(transit_units as bigint) as transit_units
from running
