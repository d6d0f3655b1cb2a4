-- Store traffic by hour.
select
    store_code || '|' || cast(biz_date as string) || '|' || cast(hour as string) as traffic_id,
    store_code,
    biz_date,
    hour,
    sum(visitors) as visitors,
    sum(passers) as passers
from {{ ref('stg_pos__traffic') }}
group by store_code, biz_date, hour
