{#
  SKCs that take part in a launch comparison, with their season: the season's code and year, or for
  goods without a season the quarter of their launch. Peers come from the two seasons before of the
  same code (season_no - 1, season_no - 2).
#}
with launched as (
    select
        skc_id,
        launch_date,
        case when season_year is not null and season_code is not null then season_code else '-' end as season_code,
        case
            when season_year is not null and season_code is not null then cast(season_year as bigint)
            else cast(extract(year from launch_date) * 4 + extract(quarter from launch_date) as bigint)
        end as season_no
    from {{ ref('dim_skc') }}
    where launch_status = 'ok' and launch_date is not null and not coalesce(is_carry_over, false)
)

select
    skc_id,
    launch_date,
    season_code,
    season_no,
    min(launch_date) over (partition by season_code, season_no) as season_start
from launched
