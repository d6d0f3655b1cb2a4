{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__traffic_day', 'columns': ['biz_date']}
) }}
-- depends_on: {{ ref('int_touched__traffic_day') }}
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
