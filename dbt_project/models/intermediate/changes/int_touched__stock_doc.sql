-- Movement documents to recompute: those with a row in a new file or with a barcode that changed.
-- Read from all versions: which of them counts doesn't matter here.
-- depends_on: {{ ref('int_touched__scope') }}
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ source('bronze', 'erp_stock_move') }}
{%- if is_delta('facts') %}
select doc_no
from {{ source('bronze', 'erp_stock_move') }}
where (select is_full from {{ ref('int_touched__scope') }})
    or _file_id in (select file_id from {{ ref('int_touched__file') }})
    or barcode in (select key from {{ ref('int_changes__facts') }} where kind = 'barcode')
union
select doc_no
from {{ last_built('facts', 'core', 'fct_stock_move') }}
where (select is_full from {{ ref('int_touched__scope') }})
{%- else %}
select cast(null as string) as doc_no
from {{ ref('int_changes__facts') }}
where 1 = 0
{%- endif %}
