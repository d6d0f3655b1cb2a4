{#
  Identified buyers of an SKC by the as-of days on which they count, by kind:
    cohort    first purchase 90 to 30 days ago          again    of those, bought anything within 30 days after
    buyer     first purchase so far                      loyal    of those, bought anything in the year before
  A purchase returned in full counts no more from that day on; the next one is then the first.
#}
with shopping_day as (
    select
        one_id,
        sale_date,
        {{ hits_days("date '2000-01-01'", 'sale_date') }} as day_no,
        max(kept_until) as kept_until
    from {{ ref('int_hits__purchase') }}
    group by one_id, sale_date
),

neighbour as (
    select
        one_id,
        sale_date,
        max(kept_until) over (
            partition by one_id order by day_no range between 1 following and 30 following
        ) as again_until,
        max(kept_until) over (
            partition by one_id order by day_no range between 365 preceding and 1 preceding
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
                    partition by purchase.skc_id, purchase.one_id order by purchase.sale_date
                    rows between unbounded preceding and 1 preceding
                ),
                purchase.sale_date
            )
        ) as first_from,
        purchase.kept_until as first_to
    from {{ ref('int_hits__purchase') }} as purchase
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
)

select skc_id, kind, day_from, day_to, cast(count(*) as bigint) as buyers
from kind
where day_from < day_to
group by skc_id, kind, day_from, day_to
