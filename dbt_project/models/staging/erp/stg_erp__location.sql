-- Stores and warehouses: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_location') }}
    {{ latest_version(['store_code']) }}
)

select
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.store_name,
    latest.location_type,
    latest.ownership,
    latest.region,
    latest.area,
    latest.city,
    latest.province,
    latest.city_tier,
    latest.floor_area,
    latest.open_date,
    latest.close_date,
    latest.status,
    latest.price_zone,
    latest.customer_code,
    latest.climate_zone,
    latest.longitude,
    latest.latitude,
    latest.can_pick_up,
    latest.can_ship,
    latest.pos_installed,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.store_code', 'store_map') }}
-- Codes that were merged into one another give one row: the one under the code that counts.
qualify row_number() over (
    partition by coalesce(store_map.new_code, latest.store_code)
    order by
        case when latest.store_code = coalesce(store_map.new_code, latest.store_code) then 0 else 1 end nulls last,
        latest._file_date desc nulls last, latest.store_code nulls last
) = 1
