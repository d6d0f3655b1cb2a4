{#
  Days on which an identified person bought an SKC, with the day from which nothing of it is left (all
  returned or cancelled), as far as it is known. Receipts of one day are one purchase.
#}
with line as (
    select sale_line_id, one_id, skc_id, sale_date, sale_units, cancel_units, cancelled_date
    from {{ ref('fct_sale_line') }}
    where one_id is not null and not is_excluded and not is_gift and sale_units > 0
),

bought as (
    select one_id, skc_id, sale_date, sum(sale_units) as units
    from line
    group by one_id, skc_id, sale_date
),

lost as (
    select one_id, skc_id, sale_date, greatest(cancelled_date, sale_date) as day, cancel_units as units
    from line
    where cancel_units > 0 and cancelled_date is not null
    union all
    select line.one_id, line.skc_id, line.sale_date, greatest(ret.post_date, line.sale_date), ret.ret_units
    from {{ ref('fct_return_line') }} as ret
    inner join line on ret.sale_line_id = line.sale_line_id
    where ret.ret_units > 0 and not ret.is_excluded
),

lost_to_day as (
    select
        one_id,
        skc_id,
        sale_date,
        day,
        sum(units) over (partition by one_id, skc_id, sale_date order by day) as units
    from lost
),

emptied as (
    select bought.one_id, bought.skc_id, bought.sale_date, min(lost_to_day.day) as day
    from bought
    inner join lost_to_day
        on bought.one_id = lost_to_day.one_id
        and bought.skc_id = lost_to_day.skc_id
        and bought.sale_date = lost_to_day.sale_date
    where lost_to_day.units >= bought.units
    group by bought.one_id, bought.skc_id, bought.sale_date
)

select
    bought.one_id,
    bought.skc_id,
    bought.sale_date,
    coalesce(emptied.day, date '9999-12-31') as kept_until
from bought
left join emptied
    on bought.one_id = emptied.one_id
    and bought.skc_id = emptied.skc_id
    and bought.sale_date = emptied.sale_date
