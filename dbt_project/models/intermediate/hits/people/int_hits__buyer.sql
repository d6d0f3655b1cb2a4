{#
  Identified buyers of an SKC as net changes by the as-of day on which they count, by kind:
    cohort    first purchase 90 to 30 days ago          again    of those, bought anything within 30 days after
    buyer     first purchase so far                      loyal    of those, bought anything in the year before
  Receipts of one day are one purchase. A purchase returned or cancelled in full counts no more from that day
  on, as far as it is known; the next one is then the first.
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
        sum(units) over (partition by one_id, skc_id, sale_date order by day nulls last) as units
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
),

-- With the day from which nothing of the purchase is left.
purchase as (
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
),

shopping_day as (
    select
        one_id,
        sale_date,
        {{ hits_days("date '2000-01-01'", 'sale_date') }} as day_no,
        max(kept_until) as kept_until
    from purchase
    group by one_id, sale_date
),

neighbour as (
    select
        one_id,
        sale_date,
        max(kept_until) over (
            partition by one_id order by day_no nulls last range between 1 following and 30 following
        ) as again_until,
        max(kept_until) over (
            partition by one_id order by day_no nulls last range between 365 preceding and 1 preceding
        ) as before_until
    from shopping_day
),

first_one as (
    select
        purchase.skc_id,
        purchase.one_id,
        purchase.sale_date,
        greatest(
            purchase.sale_date,
            coalesce(
                max(purchase.kept_until) over (
                    partition by purchase.skc_id, purchase.one_id order by purchase.sale_date nulls last
                    rows between unbounded preceding and 1 preceding
                ),
                purchase.sale_date
            )
        ) as first_from,
        purchase.kept_until as first_to
    from purchase
    inner join {{ ref('int_hits__skc') }} as skc on purchase.skc_id = skc.skc_id
    where not skc.is_judged or (purchase.sale_date >= skc.launch_date and purchase.sale_date <= skc.row_to)
),

span as (
    select
        first_one.skc_id,
        first_one.first_from,
        first_one.first_to,
        greatest(first_one.first_from, {{ hits_add_days('first_one.sale_date', 30) }}) as cohort_from,
        least(first_one.first_to, {{ hits_add_days('first_one.sale_date', 91) }}) as cohort_to,
        coalesce(neighbour.again_until, date '1900-01-01') as again_until,
        coalesce(neighbour.before_until, date '1900-01-01') as before_until
    from first_one
    inner join neighbour on first_one.one_id = neighbour.one_id and first_one.sale_date = neighbour.sale_date
),

kind as (
    select skc_id, 'cohort' as kind, cohort_from as day_from, cohort_to as day_to from span
    union all
    select skc_id, 'again' as kind, cohort_from as day_from, least(cohort_to, again_until) as day_to from span
    union all
    select skc_id, 'buyer' as kind, first_from as day_from, first_to as day_to from span
    union all
    select skc_id, 'loyal' as kind, first_from as day_from, least(first_to, before_until) as day_to from span
),

change as (
    select skc_id, kind, day_from as day, 1 as people from kind where day_from < day_to
    union all
    select skc_id, kind, day_to as day, -1 as people from kind where day_from < day_to
)

select skc_id, kind, day, cast(sum(people) as bigint) as people
from change
where day < date '9999-12-31'
group by skc_id, kind, day
having sum(people) <> 0
