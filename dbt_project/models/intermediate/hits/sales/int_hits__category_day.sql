{# Return rate of the closed cohorts and view-to-cart parts of a category by day, over its launched SKCs. #}
select
    skc.category_l3,
    skc_day.as_of_date,
    cast(sum(skc_day.closed_ret) as bigint) as closed_ret,
    cast(sum(skc_day.closed_sold) as bigint) as closed_sold,
    cast(sum(skc_day.viewers) as bigint) as viewers,
    cast(sum(skc_day.carters) as bigint) as carters
from {{ ref('int_hits__skc_day') }} as skc_day
inner join {{ ref('int_hits__skc') }} as skc on skc_day.skc_id = skc.skc_id
where skc_day.age >= 1
group by skc.category_l3, skc_day.as_of_date
