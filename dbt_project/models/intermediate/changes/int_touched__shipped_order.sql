-- Order numbers whose parcels are recomputed: of touched online orders, and of parcels in new files whose
-- order is not known yet.
-- depends_on: {{ ref('int_touched__scope') }}
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ source('bronze', 'ec_shipment') }}
{%- if is_delta('facts') %}
select order_no
from {{ ref('int_touched__order') }}
where order_no is not null
union
select order_no
from {{ source('bronze', 'ec_shipment') }}
where (select is_full from {{ ref('int_touched__scope') }})
    or _file_id in (select file_id from {{ ref('int_touched__file') }})
union
select split_part(shipment_id, '|', 2)
from {{ last_built('facts', 'core', 'fct_shipment') }}
where (select is_full from {{ ref('int_touched__scope') }})
{%- else %}
select order_no
from {{ ref('int_touched__order') }}
where 1 = 0
{%- endif %}
