-- Store traffic by hour.
select
    store_code || '|' || cast(biz_date as string) || '|' || cast(hour as string) as traffic_id,
    store_code,
    biz_date,
    hour,
    cast(sum(visitors) as bigint) as visitors,
    cast(sum(passers) as bigint) as passers
from {{ ref('stg_pos__traffic') }}
group by store_code, biz_date, hour
