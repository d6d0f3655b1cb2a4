-- Thresholds: the defaults of the seed, overridden by the retailer's own.
with own as (
    select
        name,
        max(try_cast(value as decimal(18, 4))) as value
    from {{ source('bronze', '_config_thresholds') }}
    group by name
)

select
    thresholds.name,
    coalesce(own.value, cast(thresholds.value as decimal(18, 4))) as value,
    thresholds.unit,
    thresholds.doc_zh,
    thresholds.doc_en,
    own.value is not null as is_overridden
from {{ ref('thresholds') }} as thresholds
left join own on own.name = thresholds.name
