{#
  Expected selling life in days of each launched SKC: planned pull-off, else the median selling days of
  the closed SKCs of the two seasons before in the same category_l3 and band, else the season's default.
  A closed SKC counts sales up to life_closed_days after its launch, so the median was known at launch.
#}
with sold as (
    select
        season.skc_id,
        {{ hits_days('season.launch_date', 'max(sale.sale_date)') }} + 1 as selling_days
    from {{ ref('int_hits__season') }} as season
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('fct_sale_line') }} as sale
        on season.skc_id = sale.skc_id
        and sale.sale_date >= season.launch_date
        and sale.sale_date <= {{ hits_add_days('season.launch_date', 'config.life_closed_days') }}
        and not sale.is_excluded
    group by season.skc_id, season.launch_date
),

median_life as (
    select
        season.season_code,
        season.season_no + later.seasons as season_no,
        skc.category_l3,
        skc.band,
        cast(median(sold.selling_days) as decimal(18, 2)) as life_days,
        count(*) as skcs
    from sold
    inner join {{ ref('int_hits__season') }} as season on sold.skc_id = season.skc_id
    inner join {{ ref('dim_skc') }} as skc on sold.skc_id = skc.skc_id
    cross join (select 1 as seasons union all select 2 as seasons) as later
    group by season.season_code, season.season_no + later.seasons, skc.category_l3, skc.band
)

select
    season.skc_id,
    case
        when skc.planned_pull_off > season.launch_date
            then cast({{ hits_days('season.launch_date', 'skc.planned_pull_off') }} as decimal(18, 2))
        when median_life.skcs >= config.life_min_peers then median_life.life_days
        when season.season_code = 'SS' then cast(config.life_days_ss as decimal(18, 2))
        when season.season_code = 'AW' then cast(config.life_days_aw as decimal(18, 2))
        else cast(config.life_days_other as decimal(18, 2))
    end as life_days,
    case
        when skc.planned_pull_off > season.launch_date then 'plan'
        when median_life.skcs >= config.life_min_peers then 'peers'
        else 'default'
    end as life_source
from {{ ref('int_hits__season') }} as season
inner join {{ ref('dim_skc') }} as skc on season.skc_id = skc.skc_id
cross join {{ ref('int_hits__config') }} as config
left join median_life
    on season.season_code = median_life.season_code
    and season.season_no = median_life.season_no
    and skc.category_l3 = median_life.category_l3
    and skc.band = median_life.band
