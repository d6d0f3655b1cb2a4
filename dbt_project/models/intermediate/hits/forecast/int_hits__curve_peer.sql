{#
  Closed peers behind the demand curves: for each season the SKCs of the two seasons before whose tracked
  life was over when the season began, in each group of the fallback chain, with the weekly shares of
  their life demand.
#}
with target as (
    select distinct season_code, season_no, season_start from {{ ref('int_hits__season') }}  -- many SKCs a season
),

life as (
    select skc_id, sum(demand_units) as life_units
    from {{ ref('int_hits__week') }}
    group by skc_id
    having sum(demand_units) > 0
),

peer as (
    select
        target.season_code,
        target.season_no,
        season.skc_id,
        life.life_units,
        coalesce(skc.category_l3, '-') as category_l3,
        coalesce(skc.category_l2, '-') as category_l2,
        coalesce(skc.band, '-') as band
    from target
    cross join (select 1 as seasons union all select 2 as seasons) as before
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('int_hits__season') }} as season
        on target.season_code = season.season_code
        and target.season_no - before.seasons = season.season_no
        and {{ hits_add_days('season.launch_date', 'config.hit_tracking_days') }} <= target.season_start
    inner join life on season.skc_id = life.skc_id
    inner join {{ ref('dim_skc') }} as skc on season.skc_id = skc.skc_id
)

select
    peer.season_code,
    peer.season_no,
    step.step,
    case step.step
        when 1 then peer.category_l3 || ' / ' || peer.band when 2 then peer.category_l3 when 3 then peer.category_l2
        else '*'
    end as group_name,
    peer.skc_id,
    week.week_no,
    cast(cast(week.demand_units as double) / cast(peer.life_units as double) as decimal(18, 12)) as share
from peer
cross join (select 1 as step union all select 2 union all select 3 union all select 4) as step
inner join {{ ref('int_hits__week') }} as week on peer.skc_id = week.skc_id
