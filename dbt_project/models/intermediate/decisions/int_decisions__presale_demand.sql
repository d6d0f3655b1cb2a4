{#
  Organic demand of SKCs still in presale, until a reorder placed now has come and been reviewed: what
  earlier launches with a presale sold by that age for each piece presold, times the own presale. Peers:
  launches of two years at that age, of category 3, else category 2, else all; with too few, no quantity.
#}
with waiting as (
    select
        base.skc_id,
        skc.category_l2,
        skc.category_l3,
        skc.as_of_date,
        base.presale_net,
        greatest(
            coalesce(skc.lead_days, config.default_lead_days) + config.reorder_review_days
            - greatest(coalesce({{ hits_days('base.as_of_date', 'style.planned_launch') }} - 1, 0), 0), 0
        ) as horizon_days
    from {{ ref('int_hits__base') }} as base
    inner join {{ ref('int_hits__skc') }} as skc on base.skc_id = skc.skc_id and base.as_of_date = skc.as_of_date
    inner join {{ ref('dim_skc') }} as style on base.skc_id = style.skc_id
    cross join {{ ref('int_hits__config') }} as config
    where base.launch_reason = 'pre_launch' and base.presale_net > 0
),

launched as (
    select
        first_day.skc_id,
        skc.category_l2,
        skc.category_l3,
        skc.launch_date,
        first_day.presale_net
    from {{ ref('int_hits__skc_day') }} as first_day
    inner join {{ ref('int_hits__skc') }} as skc on first_day.skc_id = skc.skc_id and skc.is_judged
    where first_day.age = 1 and first_day.presale_net > 0
        and skc.launch_date > {{ hits_add_days('skc.as_of_date', -730) }}
),

pair as (
    select
        waiting.skc_id,
        launched.skc_id as peer_id,
        waiting.category_l3 = launched.category_l3 as is_l3,
        waiting.category_l2 = launched.category_l2 as is_l2,
        {{ hits_ratio('coalesce(peer_day.cum_org_gross, 0)', 'launched.presale_net') }} as ratio
    from waiting
    inner join launched on {{ hits_add_days('launched.launch_date', 'waiting.horizon_days - 1') }} <= waiting.as_of_date
    left join {{ ref('int_hits__skc_day') }} as peer_day
        on launched.skc_id = peer_day.skc_id and peer_day.age = waiting.horizon_days
    where waiting.horizon_days = 0 or peer_day.skc_id is not null
),

step as (
    select
        skc_id,
        sum(case when is_l3 then 1 else 0 end) as l3_skcs,
        sum(case when is_l2 then 1 else 0 end) as l2_skcs,
        count(*) as all_skcs
    from pair
    group by skc_id
),

chosen as (
    select
        pair.skc_id,
        case
            when max(step.l3_skcs) >= max(config.peers_min) then 'category_l3'
            when max(step.l2_skcs) >= max(config.peers_min) then 'category_l2'
            else 'all'
        end as peer_group,
        cast(count(*) as bigint) as peer_skcs,
        cast(percentile_cont(0.5) within group (order by cast(pair.ratio as double) nulls last) as decimal(18, 6)) as ratio
    from pair
    inner join step on pair.skc_id = step.skc_id
    cross join {{ ref('int_hits__config') }} as config
    where case
            when step.l3_skcs >= config.peers_min then pair.is_l3
            when step.l2_skcs >= config.peers_min then pair.is_l2
            else step.all_skcs >= config.peers_min
        end
    group by pair.skc_id
)

select
    waiting.skc_id,
    waiting.horizon_days,
    chosen.peer_group,
    chosen.peer_skcs,
    chosen.ratio,
    cast(waiting.presale_net * chosen.ratio as decimal(18, 4)) as horizon_units
from waiting
inner join chosen on waiting.skc_id = chosen.skc_id
