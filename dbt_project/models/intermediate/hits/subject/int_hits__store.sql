{#
  Stores that count in the hit indicators: shops and pop-ups that send sales (rule D8 leaves a franchise
  without POS out), with the days they are open as a half-open interval and their core-run zone.
#}
select
    store.store_code,
    store.region,
    coalesce(zone.zone_group, 'south') as zone_group,
    coalesce(store.open_date, date '1900-01-01') as open_from,
    coalesce({{ hits_add_days('store.close_date', 1) }}, date '9999-12-31') as open_to
from {{ ref('dim_store') }} as store
left join {{ ref('core_run_zones') }} as zone on store.climate_zone = zone.climate_zone
where coalesce(store.location_type, 'store') in ('store', 'popup') and coalesce(store.has_pos, true)
