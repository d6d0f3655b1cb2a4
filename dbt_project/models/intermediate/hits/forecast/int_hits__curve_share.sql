{# Share of life demand by week of life: the median over the closed peers of a group. #}
select
    season_code,
    season_no,
    step,
    group_name,
    week_no,
    cast(median(share) as decimal(18, 12)) as share,
    cast(count(*) as bigint) as peers
from {{ ref('int_hits__curve_peer') }}
group by season_code, season_no, step, group_name, week_no
