{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__stock', 'columns': ['store_code', 'sku_id'],
          'since': ['from_day', 'valid_to']}
) }}
-- depends_on: {{ ref('int_touched__stock') }}
-- Stock of a location and SKU at the close of each day, as half-open intervals of equal values. On-hand
-- and transit are the sum of all movements so far; reserved and locked stand from a snapshot of the
-- location to its next one. A ledger is recomputed from its touched day on, from the interval that held then.
with change as (
    select
        move.store_code,
        move.sku_id,
        move.skc_id,
        move.move_date as day,
        move.units as onhand,
        0 as reserved,
        0 as locked,
        move.transit_units as transit,
        0 as is_opening
    from {{ ref('fct_stock_move') }} as move
    {%- if is_delta('facts') %}
    inner join {{ ref('int_touched__stock') }} as touched
        on touched.store_code = move.store_code and touched.sku_id = move.sku_id and move.move_date >= touched.from_day
    {%- endif %}
    where (select ledger_owns from {{ ref('int_stock__owner') }})
    {%- if is_delta('facts') %}
    union all
    select
        held.store_code, held.sku_id, held.skc_id, held.valid_from, held.onhand_units, held.reserved_units,
        held.locked_units, held.transit_units, 1
    from {{ this }} as held
    inner join {{ ref('int_touched__stock') }} as touched
        on touched.store_code = held.store_code and touched.sku_id = held.sku_id
        and held.valid_from < touched.from_day and held.valid_to >= touched.from_day
    {%- endif %}
    union all
    select
        store_code,
        sku_id,
        skc_id,
        day,
        onhand,
        reserved,
        locked,
        transit,
        0
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
        or max(is_opening) = 1
),

running as (
    select
        store_code,
        sku_id,
        skc_id,
        day as valid_from,
        coalesce(
            lead(day) over (partition by store_code, sku_id order by day nulls last), date '9999-12-31'
        ) as valid_to,
        sum(onhand) over (partition by store_code, sku_id order by day nulls last) as onhand_units,
        sum(reserved) over (partition by store_code, sku_id order by day nulls last) as reserved_units,
        sum(locked) over (partition by store_code, sku_id order by day nulls last) as locked_units,
        sum(transit) over (partition by store_code, sku_id order by day nulls last) as transit_units
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
