-- Page and cart events: the latest version of each row; in a delta, of what it recomputes.
with latest as (
    select *
    from {{ source('bronze', 'ec_event') }}
    {{ only_touched('facts', 'int_touched__event', ['event_id']) }}
    {{ latest_version(['event_id']) }}
)

select
    latest.event_id,
    latest.event_at,
    latest.anon_id_key,
    latest.user_id_key,
    latest.event,
    latest.platform,
    latest.page,
    coalesce(split_part(skc_map.new_code, '/', 1), style_map.new_code, latest.style_code) as style_id,
    coalesce(split_part(skc_map.new_code, '/', 2), latest.color_code) as color_code,
    coalesce(
        skc_map.new_code, coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code
    ) as skc_id,
    latest.barcode,
    latest.qty,
    latest.traffic_source,
    latest.device,
    latest.session_id_key,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('style', 'latest.style_code', 'style_map') }}
{{ map_join('skc', "coalesce(style_map.new_code, latest.style_code) || '/' || latest.color_code", 'skc_map') }}
