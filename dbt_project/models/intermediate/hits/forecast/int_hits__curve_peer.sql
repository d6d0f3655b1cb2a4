{#
  Closed peers behind the demand curves: for each season the SKCs of the two seasons before whose tracked
  life was over when the season began, in each group of the fallback chain, with the weekly shares of
  their life demand: organic net units of each week as known on its last day, with the units lost to empty
  sizes.
#}
with target as (
    select distinct season_code, season_no, season_start from {{ ref('int_hits__season') }}  -- many SKCs a season
),

week as (
    select
        skc_day.skc_id,
        cast(floor(skc_day.age / 7) as bigint) as week_no,
        cast(greatest(
            skc_day.w7_org_net + coalesce(lost.missed_7d, 0) * (1 - config.substitution), 0
        ) as decimal(28, 12)) as demand_units
    from {{ ref('int_hits__skc_day') }} as skc_day
    cross join {{ ref('int_hits__config') }} as config
    left join {{ ref('int_hits__lost_day') }} as lost
        on skc_day.skc_id = lost.skc_id and skc_day.as_of_date = lost.as_of_date
    where skc_day.age >= 7 and skc_day.age % 7 = 0
),

life as (
    select skc_id, sum(demand_units) as life_units
    from week
    group by skc_id
    having sum(demand_units) > 0
),

peer as (
    select target.season_code, target.season_no, skc.skc_id, life.life_units, skc.category_l3, skc.category_l2, skc.band
    from target
    cross join {{ hits_seasons_apart() }} as before
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('int_hits__skc') }} as skc
        on target.season_code = skc.season_code
        and target.season_no - before.seasons = skc.season_no
        and {{ hits_add_days('skc.launch_date', 'config.hit_tracking_days') }} <= target.season_start
    inner join life on skc.skc_id = life.skc_id
)

select
    peer.season_code,
    peer.season_no,
    chain.step,
    {{ hits_peer_group('chain.step', 'peer') }} as group_name,
    peer.skc_id,
    week.week_no,
    cast(cast(week.demand_units as double) / nullif(cast(peer.life_units as double), 0) as decimal(18, 12)) as share
from peer
cross join {{ hits_peer_chain() }} as chain
inner join week on peer.skc_id = week.skc_id
