{#
  Gaps: a size that a store had is gone from day gap_from until back_on. With what it sold on its last 14
  in-stock days before, counted over earlier runs where the last one was shorter.
#}
with sale as (
    select
        run.skc_id,
        run.store_code,
        run.sku_id,
        run.days_before + {{ hits_days('run.run_from', 'line.sale_date') }} + 1 as day_no,
        line.sale_units
    from {{ ref('fct_sale_line') }} as line
    inner join {{ ref('int_hits__instock_run') }} as run
        on line.skc_id = run.skc_id
        and line.store_code = run.store_code
        and line.sku_id = run.sku_id
        and line.sale_date >= run.run_from and line.sale_date < run.run_to
    where line.channel_group = 'store' and not line.is_excluded and not line.is_gift
),

gap as (
    select
        run.skc_id,
        run.store_code,
        run.sku_id,
        run.run_to as gap_from,
        run.back_on,
        run.days_before + {{ hits_days('run.run_from', 'run.run_to') }} as days_instock
    from {{ ref('int_hits__instock_run') }} as run
    inner join {{ ref('int_hits__touched') }} as touched on run.skc_id = touched.skc_id
    where run.run_to <= touched.row_to
)

select
    gap.skc_id,
    gap.store_code,
    gap.sku_id,
    gap.gap_from,
    gap.back_on,
    least(gap.days_instock, 14) as rate_days,
    cast(coalesce(sum(sale.sale_units), 0) as bigint) as rate_units
from gap
left join sale
    on gap.skc_id = sale.skc_id
    and gap.store_code = sale.store_code
    and gap.sku_id = sale.sku_id
    and sale.day_no > gap.days_instock - 14 and sale.day_no <= gap.days_instock
group by gap.skc_id, gap.store_code, gap.sku_id, gap.gap_from, gap.back_on, gap.days_instock
