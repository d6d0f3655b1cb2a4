{#
  Cumulative share of life demand by day of life, with the shares of weeks 3 and 4: whole weeks plus the
  part of the running week.
#}
with week as (
    select
        season_code,
        season_no,
        step,
        group_name,
        week_no,
        share,
        peers,
        sum(share) over (partition by season_code, season_no, step, group_name order by week_no) - share as share_before
    from {{ ref('int_hits__curve_share') }}
),

group_ as (
    select
        season_code,
        season_no,
        step,
        group_name,
        max(peers) as peers,
        max(case when week_no = 3 then share end) as share_w3,
        max(case when week_no = 4 then share end) as share_w4
    from week
    group by season_code, season_no, step, group_name
)

select
    week.season_code,
    week.season_no,
    week.step,
    week.group_name,
    group_.peers,
    (week.week_no - 1) * 7 + day.i as day_no,
    cast(week.share_before + week.share * day.i / 7.0 as decimal(18, 12)) as cum_share,
    group_.share_w3,
    group_.share_w4
from week
inner join group_
    on week.season_code = group_.season_code and week.season_no = group_.season_no
    and week.step = group_.step and week.group_name = group_.group_name
inner join {{ number_series(8) }} as day on day.i >= 1
