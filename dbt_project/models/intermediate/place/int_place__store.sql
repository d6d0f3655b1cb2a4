-- Locations of the location file.
select
    store_code,
    store_name,
    coalesce(location_type, 'store') as location_type,
    coalesce(ownership, 'own') as ownership,
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
    coalesce(can_pick_up, false) as can_pick_up,
    coalesce(can_ship, false) as can_ship,
    coalesce(location_type, 'store') in ('store', 'popup') and coalesce(pos_installed, true) as has_pos
from {{ ref('stg_erp__location') }}
