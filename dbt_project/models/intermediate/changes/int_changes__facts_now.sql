-- What the facts are made of, as checksums of whole rows by key and day: files, settings, and the full
-- tables that incremental facts read. What is watched is declared beside the watched model.
with mark as (
    {{ watched_rows('facts', [
        'int_config__threshold', 'stg_config__code_map', 'int_config__listed', 'int_stock__owner', 'dim_price', 'dim_cost', 'int_goods__barcode', 'int_goods__bundle', 'int_goods__sku',
        'int_place__store', 'int_identity__node', 'int_identity__shared_phone',
    ]) }}
    union all
    {{ watched_part(source('bronze', '_file'), file_watch()) }}
)

select
    kind,
    key,
    day,
    cast(sum(checksum) as bigint) as checksum
from mark
group by kind, key, day
