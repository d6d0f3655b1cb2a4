-- Stock movements: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'erp_stock_move') }}
    {{ only_touched('facts', 'int_touched__stock_doc', ['doc_no']) }}
    {{ latest_version(['doc_no', 'line_no'], ['modified_at']) }}
)

select
    latest.doc_no,
    latest.line_no,
    latest.move_type,
    coalesce(from_map.new_code, latest.from_store) as from_store,
    coalesce(to_map.new_code, latest.to_store) as to_store,
    latest.barcode,
    latest.sent_units,
    latest.sent_at,
    latest.received_units,
    latest.received_at,
    latest.status,
    latest.reverses_doc,
    latest.source_doc,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.from_store', 'from_map') }}
{{ map_join('store', 'latest.to_store', 'to_map') }}
