{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__event', 'columns': ['event_id']}
) }}
-- depends_on: {{ ref('int_touched__event') }}
-- Page and cart events. The visitor is the signed-in account, else the anonymous id; events have no
-- return window and are taken as they come, each once.
select
    event.event_id,
    {{ business_day('event.event_at', 'online_cutoff_hours') }} as event_date,
    event.event_at,
    event.platform,
    coalesce(event.user_id_key, event.anon_id_key) as visitor_key,
    case when event.user_id_key is not null then coalesce(node.one_id, 'user:' || event.user_id_key) end
        as one_id,
    event.event,
    coalesce(barcode.style_id, event.style_id) as style_id,
    coalesce(barcode.skc_id, event.skc_id) as skc_id,
    barcode.sku_id,
    event.qty,
    event.traffic_source,
    event.session_id_key as session_key,
    coalesce(event.device, '') = 'bot' as is_bot,
    coalesce(event.device, '') = 'staff' as is_staff,
    event._batch
from {{ ref('stg_ec__event') }} as event
left join {{ ref('int_goods__barcode') }} as barcode on barcode.barcode = event.barcode
left join {{ ref('int_identity__node') }} as node on node.node = 'user:' || event.user_id_key
