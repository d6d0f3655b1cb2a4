{#
  Demand curves: cumulative share of life demand by day of life for each group of closed peers, with the shares
  of weeks 3 and 4: whole weeks, each the median over the peers, plus the part of the running week.
  On the days on which a forecast is issued also their spread: the 10th and 90th percentile over the peers of
  week 3's and week 4's share over the share reached by that day.
#}
{% set group_ = 'season_code, season_no, step, group_name' %}
with week as (
    select
        {{ group_ }},
        week_no,
        cast(median(share) as decimal(18, 12)) as share,
        cast(count(*) as bigint) as peers
    from {{ ref('int_hits__curve_peer') }}
    group by {{ group_ }}, week_no
),

week_before as (
    select
        {{ group_ }},
        week_no,
        share,
        sum(share) over (partition by {{ group_ }} order by week_no nulls last) - share as share_before,
        max(peers) over (partition by {{ group_ }}) as peers,
        max(case when week_no = 3 then share end) over (partition by {{ group_ }}) as share_w3,
        max(case when week_no = 4 then share end) over (partition by {{ group_ }}) as share_w4
    from week
),

reached as (
    select
        {{ group_ }},
        skc_id,
        7 + day.i as day_no,
        sum(case
            when week_no * 7 <= 7 + day.i then share
            when (week_no - 1) * 7 < 7 + day.i then share * (7 + day.i - (week_no - 1) * 7) / 7.0
            else 0
        end) as reached_share,
        max(case when week_no = 3 then share end) as share_w3,
        max(case when week_no = 4 then share end) as share_w4
    from {{ ref('int_hits__curve_peer') }}
    cross join {{ number_series(9) }} as day
    group by {{ group_ }}, skc_id, day.i
),

band as (
    select
        {{ group_ }},
        day_no,
        {% for week in [3, 4] -%}
        cast(percentile_cont(0.1) within group (order by cast(share_w{{ week }} as double) / nullif(cast(reached_share as double), 0) nulls last)
            as decimal(18, 12)) as lo_w{{ week }},
        cast(percentile_cont(0.9) within group (order by cast(share_w{{ week }} as double) / nullif(cast(reached_share as double), 0) nulls last)
            as decimal(18, 12)) as hi_w{{ week }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from reached
    where reached_share > 0
    group by {{ group_ }}, day_no
),

curve as (
    select
        {{ group_ }},
        (week_no - 1) * 7 + day.i as day_no,
        cast(share_before + share * day.i / 7.0 as decimal(18, 12)) as cum_share,
        share_w3,
        share_w4,
        peers
    from week_before
    inner join {{ number_series(8) }} as day on day.i >= 1
)

select
    curve.season_code,
    curve.season_no,
    curve.step,
    curve.group_name,
    curve.day_no,
    curve.cum_share,
    curve.share_w3,
    curve.share_w4,
    curve.peers,
    band.lo_w3,
    band.hi_w3,
    band.lo_w4,
    band.hi_w4
from curve
left join band
    on {{ hits_same_curve('curve', 'band') }} and curve.day_no = band.day_no
