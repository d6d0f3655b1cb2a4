{{ config(severity='warn') }}
-- More sold pieces of unknown goods than the threshold allows.
select
    sum(case when style_id = '?' then sale_units else 0 end) as unknown_units,
    sum(sale_units) as units
from {{ ref('fct_sale_line') }}
having sum(case when style_id = '?' then sale_units else 0 end)
    > {{ threshold('orphan_share_warn') }} * sum(sale_units)
