{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__snap_day', 'columns': ['store_code', 'snap_date'],
          'only': 'is_checked'}
) }}
-- depends_on: {{ ref('int_touched__snap_day') }}
-- Snapshots against the ledger: one row a location, snapshot day and SKU that either of them knows.
-- A SKU left out of the snapshot of a location counts as 0 there.
with snap as (
    select
        snap.store_code,
        snap.snap_date,
        coalesce(barcode.sku_id, '?/' || snap.barcode) as sku_id,
        sum(snap.onhand_units) as snap_units
    from {{ ref('stg_erp__stock_snap') }} as snap
    left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = snap.barcode
    {%- if is_delta('facts') %}
    where (snap.store_code, snap.snap_date) in (
        select store_code, snap_date from {{ ref('int_touched__snap_day') }} where is_checked
    )
    {%- endif %}
    group by snap.store_code, snap.snap_date, coalesce(barcode.sku_id, '?/' || snap.barcode)
),

taken as (
    select distinct store_code, snap_date from snap  -- the locations and days that were taken
),

ledger as (
    select
        taken.store_code,
        taken.snap_date,
        interval_row.sku_id,
        interval_row.onhand_units
    from taken
    inner join {{ ref('fct_stock_interval') }} as interval_row
        on interval_row.store_code = taken.store_code
        and taken.snap_date >= interval_row.valid_from
        and taken.snap_date < interval_row.valid_to
    where interval_row.onhand_units <> 0
)

select
    coalesce(ledger.store_code, snap.store_code) as store_code,
    coalesce(ledger.snap_date, snap.snap_date) as snap_date,
    coalesce(ledger.sku_id, snap.sku_id) as sku_id,
    coalesce(ledger.onhand_units, 0) as ledger_units,
    cast(coalesce(snap.snap_units, 0) as bigint) as snap_units,
    cast(coalesce(snap.snap_units, 0) - coalesce(ledger.onhand_units, 0) as bigint) as unexplained_units
from snap
full outer join ledger
    on ledger.store_code = snap.store_code
    and ledger.snap_date = snap.snap_date
    and ledger.sku_id = snap.sku_id
where coalesce(ledger.onhand_units, 0) <> 0 or coalesce(snap.snap_units, 0) <> 0
