-- Store traffic: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'pos_traffic') }}
    {{ only_touched('facts', 'int_touched__traffic_day', ['biz_date']) }}
    {{ latest_version(['store_code', 'biz_date', 'hour']) }}
)

select
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.biz_date,
    latest.hour,
    latest.visitors,
    latest.passers,
    latest.device,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.store_code', 'store_map') }}
