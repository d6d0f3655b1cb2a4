-- Locations; a code that only facts know is a stub: a store of our own, open for ever, until the
-- location file says more.
with used as (
    select store_code from {{ ref('fct_sale_line') }} where store_code is not null
    union
    select return_store_code from {{ ref('fct_return_line') }} where return_store_code is not null
    union
    select store_code from {{ ref('fct_return_line') }} where store_code is not null
    union
    select store_code from {{ ref('fct_stock_interval') }}
    union
    select store_code from {{ ref('fct_stock_move') }}
    union
    select store_code from {{ ref('fct_store_plan') }}
    union
    select store_code from {{ ref('fct_traffic_hour') }}
    union
    select ship_store_code from {{ ref('fct_shipment') }} where ship_store_code is not null
    union
    select store_code from {{ ref('fct_stock_check') }}
    union
    select store_code from {{ ref('fct_arrival') }}
),

seller as (
    select distinct store_code from {{ ref('fct_sale_line') }} where source = 'pos'  -- sends POS files
),

stub as (
    select
        used.store_code,
        seller.store_code is not null as has_pos
    from used
    left join {{ ref('int_place__store') }} as store on store.store_code = used.store_code
    left join seller on seller.store_code = used.store_code
    where store.store_code is null
)

select
    store_code,
    store_name,
    location_type,
    ownership,
    region,
    area,
    city,
    province,
    city_tier,
    climate_zone,
    price_zone,
    open_date,
    close_date,
    floor_area,
    can_pick_up,
    can_ship,
    has_pos,
    false as is_stub
from {{ ref('int_place__store') }}
union all
select
    store_code,
    cast(null as string),
    'store',
    'own',
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as date),
    cast(null as date),
    cast(null as decimal(18, 4)),
    false,
    false,
    has_pos,
    true
from stub
