-- Stock snapshot: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'erp_stock_snap') }}
    {{ only_touched('facts', 'int_touched__snap_day', ['store_code', 'snap_date'], ['source_store_code', 'snap_date']) }}
    {{ latest_version(['snap_date', 'store_code', 'barcode']) }}
)

select
    latest.snap_date,
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.barcode,
    latest.onhand_units,
    latest.reserved_units,
    latest.locked_units,
    latest.avail_units,
    latest.transit_units,
    latest.cost_amt,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.store_code', 'store_map') }}
