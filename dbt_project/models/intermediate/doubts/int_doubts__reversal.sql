-- Red-ink documents that reverse nothing, or something else than what was posted.
with version as (
    select
        doc_no,
        line_no,
        reverses_doc,
        row_number() over (
            partition by doc_no, line_no
            order by modified_at desc nulls last, _file_date desc nulls last, _file_seq desc nulls last,
                _content_hash desc nulls last, _file_id desc
        ) as place
    from {{ source('bronze', 'erp_stock_move') }}
    where reverses_doc is not null
),

pair as (
    select distinct  -- a document has many lines
        doc_no,
        reverses_doc
    from version
    where place = 1
),

moved as (
    select
        move.doc_no,
        move.store_code,
        move.skc_id,
        move.sku_id,
        min(move.move_date) as move_date,
        sum(move.units) as units
    from {{ ref('fct_stock_move') }} as move
    where move.doc_no in (select doc_no from pair union select reverses_doc from pair)
    group by move.doc_no, move.store_code, move.skc_id, move.sku_id
),

compared as (
    select
        pair.doc_no,
        pair.reverses_doc,
        min(back.store_code) as store_code,
        min(back.skc_id) as skc_id,
        min(back.move_date) as move_date,
        count(original.doc_no) as met,
        sum(back.units) as units,
        max(abs(coalesce(original.units, 0) + back.units)) as most_left
    from pair
    inner join moved as back on back.doc_no = pair.doc_no
    left join moved as original
        on original.doc_no = pair.reverses_doc
        and original.store_code = back.store_code
        and original.sku_id = back.sku_id
    group by pair.doc_no, pair.reverses_doc
)

select
    case when met = 0 then 'reversal_without_document' else 'reversal_differs' end as doubt_kind,
    doc_no as document,
    reverses_doc as other_document,
    cast(null as string) as channel_id,
    store_code,
    skc_id,
    move_date as doubt_date,
    units as doubt_units,
    cast(null as decimal(18, 2)) as doubt_amt
from compared
where most_left <> 0
