-- Movement documents to recompute: those with a row in a new file or with a barcode that changed.
-- Read from all versions: which of them counts doesn't matter here.
{%- set moved = last_built('core', 'fct_stock_move') %}
with touched as (
    select doc_no
    from {{ source('bronze', 'erp_stock_move') }}
    where (select is_full from {{ ref('int_touched__scope') }})
        or _file_id in (select file_id from {{ ref('int_touched__file') }})
        or barcode in (select key from {{ ref('int_touched__dimension') }} where kind = 'barcode')
    {%- if moved %}
    union
    select doc_no from {{ moved }} where (select is_full from {{ ref('int_touched__scope') }})
    {%- endif %}
)

select distinct doc_no  -- a document has many lines
from touched
