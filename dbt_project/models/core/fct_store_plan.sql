-- Which stores a style-colour is planned for, and when. A later plan for a style-colour and season
-- replaces the whole earlier one: a store that is no longer named has left it.
with planned as (
    select
        season,
        skc_id,
        store_code,
        shelf_from,
        shelf_to,
        first_units,
        target_stores,
        climate_zone,
        max(_file_date) over (partition by season, skc_id) as plan_date,
        _file_date
    from {{ ref('stg_erp__assortment') }}
)

select
    season,
    skc_id,
    store_code,
    min(shelf_from) as shelf_from,
    max(shelf_to) as shelf_to,
    cast(sum(first_units) as bigint) as first_units,
    max(target_stores) as target_stores,
    min(climate_zone) as climate_zone
from planned
where _file_date is not distinct from plan_date
group by season, skc_id, store_code
