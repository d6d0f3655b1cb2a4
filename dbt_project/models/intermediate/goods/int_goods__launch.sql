-- Launch date of each style-colour in its current cycle, by rule D6, with the rule that gave it.
with listed as (
    select
        skc_id,
        min(day) as day
    from (
        select skc_id, sale_date as day from {{ ref('fct_sale_line') }}
        where source = 'ec' and not is_presale
        union all
        select skc_id, event_date from {{ ref('fct_event') }}
        where event = 'pdp_view' and not is_bot and not is_staff and skc_id is not null
    ) as shown
    group by skc_id
),

-- Online the goods must lie where they can be sent from: a warehouse.
online as (
    select
        listed.skc_id,
        min(greatest(listed.day, stock.valid_from, coalesce(cycle.cycle_from, listed.day))) as day
    from listed
    left join {{ ref('int_goods__cycle') }} as cycle on cycle.skc_id = listed.skc_id
    inner join {{ ref('fct_stock_interval') }} as stock
        on stock.skc_id = listed.skc_id
        and stock.onhand_units > 0
        and stock.valid_to > greatest(listed.day, coalesce(cycle.cycle_from, listed.day))
    inner join {{ ref('int_place__store') }} as store
        on store.store_code = stock.store_code and store.location_type = 'dc'
    group by listed.skc_id
),

sold as (
    select
        sale.skc_id,
        min(sale.sale_date) as day
    from {{ ref('fct_sale_line') }} as sale
    left join {{ ref('int_goods__cycle') }} as cycle on cycle.skc_id = sale.skc_id
    where sale.cancelled_date is null and not sale.is_excluded
        and sale.sale_date >= coalesce(cycle.cycle_from, sale.sale_date)
    group by sale.skc_id
),

history as (
    select min(day) as first_day
    from (
        select min(sale_date) as day from {{ ref('fct_sale_line') }}
        union all
        select min(valid_from) from {{ ref('fct_stock_interval') }}
    ) as begun
),

every as (
    select skc_id from sold
    union
    select skc_id from online
    union
    select skc_id from {{ ref('int_goods__cycle') }}
    union
    select skc_id from {{ ref('stg_config__launch_override') }}
)

select
    every.skc_id,
    coalesce(cycle.cycle_no, 1) as cycle_no,
    manual.launch_date as manual_date,
    distribution.reached_on,
    online.day as online_date,
    sold.day as sold_date,
    manual.launch_date is null
    and coalesce(cycle.cycle_no, 1) = 1
    and coalesce(
        cycle.first_day < history.first_day
        + {{ threshold_count('unknown_history_days') }} * interval '1' day, false
    ) as is_unknown
from every
cross join history
left join {{ ref('stg_config__launch_override') }} as manual on manual.skc_id = every.skc_id
left join {{ ref('int_goods__cycle') }} as cycle on cycle.skc_id = every.skc_id
left join {{ ref('int_goods__distribution') }} as distribution on distribution.skc_id = every.skc_id
left join online on online.skc_id = every.skc_id
left join sold on sold.skc_id = every.skc_id
