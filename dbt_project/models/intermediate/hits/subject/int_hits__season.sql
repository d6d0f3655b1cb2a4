{#
  SKCs that take part in a launch comparison, with their season and their expected selling life in days.
  Season: its code and year, or for goods without a season the quarter of their launch. Peers come from the
  two seasons before of the same code (season_no - 1, season_no - 2).
  Life: planned pull-off, else the median selling days of the closed SKCs of the two seasons before in the
  same category_l3 and band, else the season's default. A closed SKC counts sales up to life_closed_days
  after its launch, so the median was known at launch.
#}
with launched as (
    select
        skc_id,
        category_l3,
        band,
        planned_pull_off,
        launch_date,
        case when season_year is not null and season_code is not null then season_code else '-' end as season_code,
        case
            when season_year is not null and season_code is not null then cast(season_year as bigint)
            else cast(extract(year from launch_date) * 4 + extract(quarter from launch_date) as bigint)
        end as season_no
    from {{ ref('dim_skc') }}
    where launch_status = 'ok' and launch_date is not null and not coalesce(is_carry_over, false)
),

sold as (
    select
        launched.skc_id,
        {{ hits_days('launched.launch_date', 'max(sale.sale_date)') }} + 1 as selling_days
    from launched
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('fct_sale_line') }} as sale
        on launched.skc_id = sale.skc_id
        and sale.sale_date >= launched.launch_date
        and sale.sale_date <= {{ hits_add_days('launched.launch_date', 'config.life_closed_days') }}
        and not sale.is_excluded
    group by launched.skc_id, launched.launch_date
),

median_life as (
    select
        launched.season_code,
        launched.season_no + later.seasons as season_no,
        launched.category_l3,
        launched.band,
        cast(median(sold.selling_days) as decimal(18, 2)) as life_days,
        count(*) as skcs
    from sold
    inner join launched on sold.skc_id = launched.skc_id
    cross join {{ hits_seasons_apart() }} as later
    group by launched.season_code, launched.season_no + later.seasons, launched.category_l3, launched.band
)

select
    launched.skc_id,
    launched.launch_date,
    launched.season_code,
    launched.season_no,
    min(launched.launch_date) over (partition by launched.season_code, launched.season_no) as season_start,
    case
        when launched.planned_pull_off > launched.launch_date
            then cast({{ hits_days('launched.launch_date', 'launched.planned_pull_off') }} as decimal(18, 2))
        when median_life.skcs >= config.life_min_peers then median_life.life_days
        when launched.season_code = 'SS' then cast(config.life_days_ss as decimal(18, 2))
        when launched.season_code = 'AW' then cast(config.life_days_aw as decimal(18, 2))
        else cast(config.life_days_other as decimal(18, 2))
    end as life_days,
    case
        when launched.planned_pull_off > launched.launch_date then 'plan'
        when median_life.skcs >= config.life_min_peers then 'peers'
        else 'default'
    end as life_source
from launched
cross join {{ ref('int_hits__config') }} as config
left join median_life
    on launched.season_code = median_life.season_code
    and launched.season_no = median_life.season_no
    and launched.category_l3 = median_life.category_l3
    and launched.band = median_life.band
