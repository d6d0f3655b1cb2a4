-- Over all weeks both bases hold the same pieces and yuan, and as many as the facts: no sale or return
-- falls between two weeks, none is counted in two.
with week as (
    select
        sum(sale_units_post) as sold_post, sum(sale_units_coh) as sold_coh,
        sum(ret_units_post) as back_post, sum(ret_units_coh) as back_coh,
        sum(net_amt_post) as net_post, sum(net_amt_coh) as net_coh
    from {{ ref('sales_week') }}
),

as_of as (
    select max(as_of_date) as as_of_date from {{ source('bronze', '_run') }}
),

sale as (
    select
        sum(line.sale_units - case when line.cancelled_date <= as_of.as_of_date then coalesce(line.cancel_units, 0) else 0 end) as sold
    from {{ ref('fct_sale_line') }} as line
    cross join as_of
    where not line.is_excluded and not line.is_gift and line.sale_units > 0 and line.sale_date <= as_of.as_of_date
),

ret as (
    select sum(line.ret_units) as back
    from {{ ref('fct_return_line') }} as line
    cross join as_of
    where not line.is_excluded and greatest(line.post_date, line.sale_date) <= as_of.as_of_date
)

select week.sold_post, week.sold_coh, sale.sold, week.back_post, week.back_coh, ret.back, week.net_post, week.net_coh
from week
cross join sale
cross join ret
where coalesce(week.sold_post, 0) <> coalesce(sale.sold, 0) or coalesce(week.sold_coh, 0) <> coalesce(sale.sold, 0)
    or coalesce(week.back_post, 0) <> coalesce(ret.back, 0) or coalesce(week.back_coh, 0) <> coalesce(ret.back, 0)
    or coalesce(week.net_post, 0) <> coalesce(week.net_coh, 0)
