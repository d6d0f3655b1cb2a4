-- depends_on: {{ ref('fct_sale_line') }}
-- depends_on: {{ ref('fct_return_line') }}
-- depends_on: {{ ref('fct_shipment') }}
-- depends_on: {{ ref('fct_stock_interval') }}
-- depends_on: {{ ref('fct_stock_check') }}
-- depends_on: {{ ref('fct_event') }}
-- depends_on: {{ ref('fct_traffic_hour') }}
-- What this build has taken in; the next one compares with it. Built after every incremental fact: a
-- build that fails half-way leaves it as it was, and the next one touches the same keys again.
select
    kind,
    key,
    day,
    checksum
from {{ ref('int_changes__facts_now') }}
