{#
  What a category sold in a store, and each size's share of the category over all stores, in the 14 days
  before a thin gap began.
#}
with asked as (
    select distinct category_l3, store_code, size_code, gap_from from {{ ref('int_hits__thin_gap') }}  -- many SKCs
),

sold as (
    select
        coalesce(skc.category_l3, '-') as category_l3,
        line.store_code,
        coalesce(size.size_code, '-') as size_code,
        {{ hits_days("date '2000-01-01'", 'line.sale_date') }} as day_no,
        sum(line.sale_units) as units
    from {{ ref('fct_sale_line') }} as line
    inner join {{ ref('dim_skc') }} as skc on line.skc_id = skc.skc_id
    left join {{ ref('int_hits__size') }} as size on line.sku_id = size.sku_id
    where line.channel_group = 'store' and not line.is_excluded and not line.is_gift
        and line.sale_date >= (select {{ hits_add_days('min(gap_from)', -14) }} from asked)
    group by coalesce(skc.category_l3, '-'), line.store_code, coalesce(size.size_code, '-'), line.sale_date
),

point as (
    select category_l3, store_code, size_code, day_no, units, cast(null as date) as gap_from from sold
    union all
    select category_l3, store_code, size_code, {{ hits_days("date '2000-01-01'", 'gap_from') }}, 0, gap_from from asked
),

summed as (
    select
        category_l3,
        store_code,
        size_code,
        gap_from,
        sum(units) over (partition by category_l3, store_code order by day_no range between 14 preceding and 1 preceding)
            as store_units,
        sum(units) over (partition by category_l3, size_code order by day_no range between 14 preceding and 1 preceding)
            as size_units,
        sum(units) over (partition by category_l3 order by day_no range between 14 preceding and 1 preceding)
            as category_units
    from point
)

select
    category_l3,
    store_code,
    size_code,
    gap_from,
    cast(coalesce(store_units, 0) as bigint) as store_units,
    cast(coalesce(size_units, 0) as bigint) as size_units,
    cast(coalesce(category_units, 0) as bigint) as category_units
from summed
where gap_from is not null
