{{ config(severity='warn') }}
-- More returned pieces without a findable sale than the threshold allows.
select
    sum(case when is_orphan then ret_units else 0 end) as orphan_units,
    sum(ret_units) as units
from {{ ref('fct_return_line') }}
having sum(case when is_orphan then ret_units else 0 end)
    > {{ threshold('orphan_return_warn_share') }} * sum(ret_units)
