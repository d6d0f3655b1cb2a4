-- The running sums of the newest week and of one a year earlier are what the ledger says of that day.
with week as (
    select last_day, sum(onhand_units) as onhand, sum(avail_units) as avail, sum(transit_units) as transit
    from {{ ref('stock_week') }}
    where weeks_ago in (0, 52)
    group by last_day
),

ledger as (
    select
        week.last_day,
        sum(stock.onhand_units) as onhand,
        sum(stock.avail_units) as avail,
        sum(stock.transit_units) as transit
    from week
    inner join {{ ref('fct_stock_interval') }} as stock
        on stock.valid_from <= week.last_day and stock.valid_to > week.last_day
    group by week.last_day
)

select week.last_day, week.onhand, ledger.onhand as ledger_onhand, week.avail, ledger.avail as ledger_avail
from week
left join ledger on ledger.last_day = week.last_day
where week.onhand <> coalesce(ledger.onhand, 0) or week.avail <> coalesce(ledger.avail, 0)
    or week.transit <> coalesce(ledger.transit, 0)
