{#
  Presale orders as the hit indicators count them: bulk buys capped for the presale ratio. A deposit-only
  order counts at the balance-payment rate known when the SKC's presale began: of orders with a deposit in
  the year that ended 30 days before, so that their balance was due.
#}
with line as (
    select
        presale.presale_id,
        presale.skc_id,
        presale.deposit_date,
        presale.balance_date,
        presale.cancelled_date,
        cast(presale.presale_units as bigint) as presale_units,
        least(cast(presale.presale_units as bigint), config.presale_bulk_units) as capped_units
    from {{ ref('fct_presale') }} as presale
    cross join {{ ref('int_hits__config') }} as config
    where presale.deposit_date is not null
),

began as (
    select skc_id, min(deposit_date) as first_deposit
    from line
    group by skc_id
),

by_day as (
    select
        deposit_date,
        sum(presale_units) as units,
        sum(case when balance_date is not null then presale_units else 0 end) as paid_units
    from line
    group by deposit_date
),

past as (
    select
        began.skc_id,
        began.first_deposit,
        sum(by_day.units) as units,
        sum(by_day.paid_units) as paid_units
    from began
    left join by_day
        on by_day.deposit_date <= {{ hits_add_days('began.first_deposit', -30) }}
        and by_day.deposit_date > {{ hits_add_days('began.first_deposit', -395) }}
    group by began.skc_id, began.first_deposit
)

select
    line.presale_id,
    line.skc_id,
    past.first_deposit,
    line.deposit_date,
    line.balance_date,
    line.cancelled_date,
    line.presale_units,
    line.capped_units,
    case
        when past.units >= config.presale_rate_min_units
            then cast(cast(past.paid_units as double) / nullif(past.units, 0) as decimal(18, 6))
        else config.presale_balance_rate
    end as balance_rate
from line
inner join past on line.skc_id = past.skc_id
cross join {{ ref('int_hits__config') }} as config
