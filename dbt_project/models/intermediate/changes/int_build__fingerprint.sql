-- depends_on: {{ ref('fct_sale_line') }}
-- depends_on: {{ ref('fct_return_line') }}
-- depends_on: {{ ref('fct_stock_move') }}
-- depends_on: {{ ref('fct_stock_interval') }}
-- What this build took from full tables; the next build compares with it.
select
    kind,
    key,
    valid_from,
    valid_to,
    value
from {{ ref('int_build__fingerprint_now') }}
