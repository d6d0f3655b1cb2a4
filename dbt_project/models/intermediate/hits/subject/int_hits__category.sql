{#
  The category of every SKC, hit row or not, with the first day on which it counts in its category's rates.
#}
with known as (
    select skc_id, min(sale_date) as day from {{ ref('fct_sale_line') }} group by skc_id
    union all
    select skc_id, min(valid_from) as day from {{ ref('fct_stock_interval') }} group by skc_id
)

select
    skc.skc_id,
    coalesce(skc.category_l3, '-') as category_l3,
    min(known.day) as first_day
from {{ ref('dim_skc') }} as skc
left join known on skc.skc_id = known.skc_id
group by skc.skc_id, coalesce(skc.category_l3, '-')
