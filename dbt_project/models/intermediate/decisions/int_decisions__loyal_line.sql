{#
  From which repurchase rate and which share of repeat buyers an SKC of a category counts as loyal: the value
  at the configured rank among the category's SKCs on the board, or of all where the category has too few.
#}
with board as (
    select daily.skc_id, coalesce(skc.category_l3, '-') as category_l3, daily.repurchase_rate, daily.repeat_buyer_share
    from {{ ref('daily') }} as daily
    inner join {{ source('bronze', '_run') }} as run on daily.as_of_date = run.as_of_date
    inner join {{ ref('dim_skc') }} as skc on daily.skc_id = skc.skc_id
),

{% for name in ['repurchase_rate', 'repeat_buyer_share'] -%}
{{ name }}_ranked as (
    select
        category_l3,
        {{ name }} as rate,
        cume_dist() over (partition by category_l3 order by {{ name }}) as rank_in_category,
        count(*) over (partition by category_l3) as category_skcs,
        cume_dist() over (order by {{ name }}) as rank_in_all,
        count(*) over () as all_skcs
    from board
    where {{ name }} is not null
),

{{ name }}_line as (
    select
        ranked.category_l3,
        min(case when ranked.rank_in_category >= config.alert_loyal_rank and ranked.category_skcs >= config.peers_min
            then ranked.rate end) as category_line
    from {{ name }}_ranked as ranked
    cross join {{ ref('int_hits__config') }} as config
    group by ranked.category_l3
),

{{ name }}_all as (
    select min(case when ranked.rank_in_all >= config.alert_loyal_rank and ranked.all_skcs >= config.peers_min
        then ranked.rate end) as all_line
    from {{ name }}_ranked as ranked
    cross join {{ ref('int_hits__config') }} as config
),

{% endfor -%}
category as (
    select distinct category_l3 from board  -- one row a category, of many SKCs
)

select
    category.category_l3,
    coalesce(repurchase_rate_line.category_line, repurchase_rate_all.all_line) as repurchase_line,
    coalesce(repeat_buyer_share_line.category_line, repeat_buyer_share_all.all_line) as repeat_line
from category
cross join repurchase_rate_all
cross join repeat_buyer_share_all
left join repurchase_rate_line on category.category_l3 = repurchase_rate_line.category_l3
left join repeat_buyer_share_line on category.category_l3 = repeat_buyer_share_line.category_l3
