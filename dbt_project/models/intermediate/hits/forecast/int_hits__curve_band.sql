{#
  Spread of the curves: the 10th and 90th percentile over the closed peers of week 3's and week 4's share
  over the share reached by a day, for the days on which a forecast is issued.
#}
with reached as (
    select
        peer.season_code,
        peer.season_no,
        peer.step,
        peer.group_name,
        peer.skc_id,
        7 + day.i as day_no,
        sum(case
            when peer.week_no * 7 <= 7 + day.i then peer.share
            when (peer.week_no - 1) * 7 < 7 + day.i then peer.share * (7 + day.i - (peer.week_no - 1) * 7) / 7.0
            else 0
        end) as reached_share,
        max(case when peer.week_no = 3 then peer.share end) as share_w3,
        max(case when peer.week_no = 4 then peer.share end) as share_w4
    from {{ ref('int_hits__curve_peer') }} as peer
    cross join {{ number_series(9) }} as day
    group by peer.season_code, peer.season_no, peer.step, peer.group_name, peer.skc_id, day.i
)

select
    season_code,
    season_no,
    step,
    group_name,
    day_no,
    {% for week in [3, 4] -%}
    cast(percentile_cont(0.1) within group (order by cast(share_w{{ week }} as double) / cast(reached_share as double))
        as decimal(18, 12)) as lo_w{{ week }},
    cast(percentile_cont(0.9) within group (order by cast(share_w{{ week }} as double) / cast(reached_share as double))
        as decimal(18, 12)) as hi_w{{ week }}
    {{- ',' if not loop.last }}
    {% endfor %}
from reached
where reached_share > 0
group by season_code, season_no, step, group_name, day_no
