{{ config(materialized='view') }}
{# Online pieces cancelled before shipping, as a category's rate counts them. #}
select
    sale_line_id,
    skc_id,
    sale_date,
    greatest(cancelled_date, sale_date) as post_date,
    cancel_units
from {{ ref('fct_sale_line') }}
where channel_group = 'online' and not is_presale and not is_excluded and not is_gift
    and cancelled_date is not null
