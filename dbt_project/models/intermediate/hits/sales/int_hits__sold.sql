{{ config(materialized='view') }}
{# Sale lines as rates of a size, a store or a category count them: only what they read, so that nothing else touches them. #}
select
    sale_line_id,
    skc_id,
    sku_id,
    store_code,
    channel_group,
    sale_date,
    sale_units,
    is_presale
from {{ ref('fct_sale_line') }}
where not is_excluded and not is_gift
