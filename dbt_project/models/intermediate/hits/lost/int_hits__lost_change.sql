{#
  Pieces lost to empty sizes by SKC and store as changes by day, before substitution: the rates of the
  gaps open on the day, without store-sizes that sold after all, stores that are closed, days whose files
  are missing, and the first days after launch.
#}
with gap as (
    select
        gap.skc_id,
        gap.store_code,
        gap.sku_id,
        rate.daily_units,
        touched.row_to,
        greatest(
            gap.gap_from, store.open_from,
            least(touched.lost_calc_from, {{ hits_add_days('touched.row_to', -6) }}),
            coalesce({{ hits_add_days('skc.launch_date', 'config.lost_first_days') }}, gap.gap_from)
        ) as day_from,
        least(gap.back_on, store.open_to, {{ hits_add_days('touched.row_to', 1) }}) as day_to
    from {{ ref('int_hits__gap') }} as gap
    inner join {{ ref('int_hits__gap_rate') }} as rate
        on gap.skc_id = rate.skc_id and gap.store_code = rate.store_code
        and gap.sku_id = rate.sku_id and gap.gap_from = rate.as_of_date
    inner join {{ ref('int_hits__touched') }} as touched on gap.skc_id = touched.skc_id
    inner join {{ ref('int_hits__skc') }} as skc on gap.skc_id = skc.skc_id
    inner join {{ ref('int_hits__store') }} as store on gap.store_code = store.store_code
    cross join {{ ref('int_hits__config') }} as config
    where rate.daily_units > 0
),

open_gap as (
    select * from gap where day_from < day_to
),

not_lost as (
    select distinct  -- a size sold twice on a missing day is left out once
        gap.skc_id, gap.store_code, gap.sku_id, gap.daily_units, gap.row_to, line.sale_date as day
    from open_gap as gap
    inner join {{ ref('int_hits__sold') }} as line
        on gap.skc_id = line.skc_id and gap.store_code = line.store_code and gap.sku_id = line.sku_id
        and line.sale_date >= gap.day_from and line.sale_date < gap.day_to
    where line.channel_group = 'store'
    union
    select gap.skc_id, gap.store_code, gap.sku_id, gap.daily_units, gap.row_to, missing.biz_date
    from open_gap as gap
    inner join {{ ref('int_hits__missing') }} as missing
        on gap.store_code = missing.store_code
        and missing.biz_date >= gap.day_from and missing.biz_date < gap.day_to
),

change as (
    select skc_id, store_code, row_to, day_from as day, daily_units as units from open_gap
    union all
    select skc_id, store_code, row_to, day_to as day, -daily_units as units from open_gap
    union all
    select skc_id, store_code, row_to, day, -daily_units as units from not_lost
    union all
    select skc_id, store_code, row_to, {{ hits_add_days('day', 1) }} as day, daily_units as units from not_lost
)

select skc_id, store_code, day, cast(sum(units) as decimal(28, 12)) as units
from change
where day <= row_to
group by skc_id, store_code, day
having sum(units) <> 0
