{#
  The demand curve of each launched SKC: the first group of the chain with enough closed peers, and whether it
  is used. Back-test of each curve on its own peers: the absolute errors in weeks 3 and 4 of the curve at day 15
  and of "week 2 again"; a curve that does not beat that is not used.
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
),

curve as (
    select
        season_code,
        season_no,
        step,
        group_name,
        max(peers) as peers,
        max(share_w3) as share_w3,
        max(share_w4) as share_w4,
        max(case when day_no = 15 then cum_share end) as share_15
    from {{ ref('int_hits__curve_day') }}
    group by season_code, season_no, step, group_name
),

test as (
    select
        peer.season_code,
        peer.season_no,
        peer.step,
        peer.group_name,
        cast(sum(
            abs({{ hits_ratio('known.sold_to_15 * curve.share_w3', 'curve.share_15', 8) }} - known.week_3)
            + abs({{ hits_ratio('known.sold_to_15 * curve.share_w4', 'curve.share_15', 8) }} - known.week_4)
        ) as decimal(18, 4)) as curve_error,
        cast(sum(abs(known.week_2 - known.week_3) + abs(known.week_2 - known.week_4)) as decimal(18, 4)) as naive_error
    from peer
    inner join known on peer.skc_id = known.skc_id
    inner join curve on {{ hits_same_curve('peer', 'curve') }}
    cross join {{ ref('int_hits__config') }} as config
    where known.sold_to_15 >= config.forecast_min_units
    group by peer.season_code, peer.season_no, peer.step, peer.group_name
),

chosen as (
    select skc.skc_id, skc.season_code, skc.season_no, skc.category_l3, skc.category_l2, skc.band, min(curve.step) as step
    from {{ ref('int_hits__skc') }} as skc
    cross join {{ ref('int_hits__config') }} as config
    inner join curve
        on skc.season_code = curve.season_code
        and skc.season_no = curve.season_no
        and curve.peers >= config.peers_min
        and {{ hits_peer_group('curve.step', 'skc') }} = curve.group_name
    where skc.is_judged
    group by skc.skc_id, skc.season_code, skc.season_no, skc.category_l3, skc.category_l2, skc.band
),

named as (
    select skc_id, season_code, season_no, step, {{ hits_peer_group('chosen.step', 'chosen') }} as group_name
    from chosen
)

select
    named.skc_id,
    named.season_code,
    named.season_no,
    named.step,
    named.group_name,
    case when test.curve_error >= test.naive_error then 'naive' else 'curve' end as method
from named
left join test on {{ hits_same_curve('named', 'test') }}
