{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__stock_doc', 'columns': ['doc_no']}
) }}
-- Movements as ledger entries: a document line gives one row where goods leave, one where they are on
-- their way and one where they arrive. A red-ink document carries negative pieces and needs no rule.
-- depends_on: {{ ref('int_touched__stock_doc') }}
with line as (
    select
        move.*,
        {{ business_day('move.sent_at', 'store_cutoff_hours') }} as sent_date,
        {{ business_day('coalesce(move.received_at, move.sent_at)', 'store_cutoff_hours') }}
            as received_date,
        coalesce(barcode.sku_id, '?/' || move.barcode) as sku_id,
        coalesce(barcode.skc_id, '?/' || move.barcode) as skc_id
    from {{ ref('stg_erp__stock_move') }} as move
    left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = move.barcode
),

leg as (
    select
        'out' as leg, doc_no, line_no, move_type, source_doc, sku_id, skc_id, _batch,
        from_store as store_code, to_store as counter_store_code, sent_date as move_date,
        -sent_units as units, 0 as transit_units
    from line
    where from_store is not null and sent_units is not null and sent_at is not null
    union all
    select
        'way', doc_no, line_no, move_type, source_doc, sku_id, skc_id, _batch,
        to_store, from_store, sent_date, 0, sent_units
    from line
    where from_store is not null and to_store is not null and sent_units is not null
        and sent_at is not null
    union all
    select
        'in', doc_no, line_no, move_type, source_doc, sku_id, skc_id, _batch,
        to_store, from_store, received_date,
        received_units,
        case when from_store is not null then -coalesce(sent_units, received_units) else 0 end
    from line
    where to_store is not null and received_units is not null
        and coalesce(received_at, sent_at) is not null
)

select
    doc_no || '|' || cast(line_no as string) || '|' || leg as move_id,
    doc_no,
    line_no,
    leg,
    move_type,
    store_code,
    counter_store_code,
    sku_id,
    skc_id,
    move_date,
    cast(units as bigint) as units,
    cast(transit_units as bigint) as transit_units,
    cast(case when move_type in ('purchase_in', 'purchase_return') then units else 0 end as bigint)
        as recv_units,
    cast(case when move_type = 'allocation' and leg = 'out' then -units else 0 end as bigint)
        as alloc_units,
    cast(case when move_type = 'replenishment' and leg = 'out' then -units else 0 end as bigint)
        as repl_units,
    cast(case when move_type in ('transfer', 'transfer_in', 'transfer_out') and leg = 'in'
        then units else 0 end as bigint) as trf_in_units,
    cast(case when move_type in ('transfer', 'transfer_in', 'transfer_out') and leg = 'out'
        then -units else 0 end as bigint) as trf_out_units,
    cast(case when move_type = 'return_to_dc' and leg = 'out' then -units else 0 end as bigint)
        as rtn_dc_units,
    cast(case when move_type = 'count_adjust' then units else 0 end as bigint) as adj_units,
    case when move_type in ('purchase_in', 'purchase_return') then source_doc end as po_no,
    _batch
from leg
