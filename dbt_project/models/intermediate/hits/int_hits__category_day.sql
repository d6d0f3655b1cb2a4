{# Return rate of the closed cohorts of a category by day, over its judged SKCs. #}
select
    skc.category_l3,
    skc_day.as_of_date,
    cast(sum(skc_day.closed_ret) as bigint) as closed_ret,
    cast(sum(skc_day.closed_sold) as bigint) as closed_sold
from {{ ref('int_hits__skc_day') }} as skc_day
inner join {{ ref('int_hits__skc') }} as skc on skc_day.skc_id = skc.skc_id
where skc_day.age >= 1
group by skc.category_l3, skc_day.as_of_date
