{#
  Pieces a day that a gap is expected to lose before substitution, by the day it began (incremental: what
  was expected when the gap began doesn't change). Own rate of the size in the store; with too few pieces
  the category's rate in the store for one stocked SKC times the size's share of the category over all
  stores, of the 14 days before.
#}
-- depends_on: {{ ref('int_hits__touched') }}
{{ config(materialized='incremental', incremental_strategy='hits_days', on_schema_change='fail',
          meta={'stage': 'hits', 'from_column': 'gap_calc_from', 'first_column': 'gap_row_from'}) }}
with gap as (
    select
        gap.*,
        coalesce(size.size_code, '-') as size_code,
        {{ hits_days("date '2000-01-01'", 'gap.gap_from') }} as day_no
    from {{ ref('int_hits__gap') }} as gap
    left join {{ ref('int_hits__size') }} as size on gap.sku_id = size.sku_id
    where gap.is_to_rate
),

asked as (
    select distinct category_l3, store_code, size_code, gap_from, day_no from gap where is_thin  -- many SKCs
),

sold as (
    select
        skc.category_l3,
        line.store_code,
        coalesce(size.size_code, '-') as size_code,
        {{ hits_days("date '2000-01-01'", 'line.sale_date') }} as day_no,
        sum(line.sale_units) as units
    from {{ ref('int_hits__sold') }} as line
    inner join {{ ref('int_hits__category') }} as skc on line.skc_id = skc.skc_id
    left join {{ ref('int_hits__size') }} as size on line.sku_id = size.sku_id
    where line.channel_group = 'store'
        and line.sale_date >= (select {{ hits_add_days('min(gap_from)', -14) }} from asked)
    group by skc.category_l3, line.store_code, coalesce(size.size_code, '-'), line.sale_date
),

point as (
    select category_l3, store_code, size_code, day_no, units, cast(null as date) as gap_from from sold
    union all
    select category_l3, store_code, size_code, day_no, 0, gap_from from asked
),

category_sold as (
    select
        category_l3,
        store_code,
        size_code,
        gap_from,
        sum(units) over (partition by category_l3, store_code order by day_no nulls last range between 14 preceding and 1 preceding)
            as store_units,
        sum(units) over (partition by category_l3, size_code order by day_no nulls last range between 14 preceding and 1 preceding)
            as size_units,
        sum(units) over (partition by category_l3 order by day_no nulls last range between 14 preceding and 1 preceding)
            as category_units
    from point
)

select
    gap.skc_id,
    gap.gap_from as as_of_date,
    gap.store_code,
    gap.sku_id,
    case when gap.is_thin then 'category' else 'own' end as rate_source,
    cast(coalesce(
        case
            when gap.is_thin then cast(coalesce(sold.store_units, 0) as double) / nullif(stocked.stocked_days, 0)
                * (cast(coalesce(sold.size_units, 0) as double) / nullif(coalesce(sold.category_units, 0), 0))
            else cast(gap.rate_units as double) / nullif(gap.rate_days, 0)
        end, 0
    ) as decimal(28, 12)) as daily_units
from gap
left join {{ ref('int_hits__category_stocked') }} as stocked
    on gap.category_l3 = stocked.category_l3 and gap.store_code = stocked.store_code
    and gap.gap_from = stocked.gap_from
left join category_sold as sold
    on gap.category_l3 = sold.category_l3 and gap.store_code = sold.store_code
    and gap.size_code = sold.size_code and gap.gap_from = sold.gap_from
