{#
  Back-test of each curve on its own peers: the absolute errors in weeks 3 and 4 of the curve at day 15 and
  of "week 2 again". A curve that does not beat that is not used.
#}
with known as (
    select
        skc_id,
        max(case when age = 14 then w7_org_net end) as week_2,
        max(case when age = 15 then cum_org_net end) as sold_to_15,
        max(case when age = 21 then w7_org_net end) as week_3,
        max(case when age = 28 then w7_org_net end) as week_4
    from {{ ref('int_hits__skc_day') }}
    where age in (14, 15, 21, 28)
    group by skc_id
),

peer as (
    select distinct season_code, season_no, step, group_name, skc_id  -- one row a peer, of its many weeks
    from {{ ref('int_hits__curve_peer') }}
)

select
    peer.season_code,
    peer.season_no,
    peer.step,
    peer.group_name,
    cast(sum(
        abs({{ hits_ratio('known.sold_to_15 * curve.share_w3', 'curve.cum_share', 8) }} - known.week_3)
        + abs({{ hits_ratio('known.sold_to_15 * curve.share_w4', 'curve.cum_share', 8) }} - known.week_4)
    ) as decimal(18, 4)) as curve_error,
    cast(sum(abs(known.week_2 - known.week_3) + abs(known.week_2 - known.week_4)) as decimal(18, 4)) as naive_error,
    cast(count(*) as bigint) as peers
from peer
inner join known on peer.skc_id = known.skc_id
inner join {{ ref('int_hits__curve_day') }} as curve
    on peer.season_code = curve.season_code and peer.season_no = curve.season_no
    and peer.step = curve.step and peer.group_name = curve.group_name
    and curve.day_no = 15
cross join {{ ref('int_hits__config') }} as config
where known.sold_to_15 >= config.forecast_min_units
group by peer.season_code, peer.season_no, peer.step, peer.group_name
