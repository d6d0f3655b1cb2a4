{# Sizes of an SKC as bits by their place in its run. Two codes of one size share a bit. #}
select
    skc_id,
    sku_id,
    size_code,
    cast(power(2, dense_rank() over (partition by skc_id order by size_place nulls last, size_code nulls last) - 1) as bigint) as size_bit
from (
    select skc_id, sku_id, size_code, min(size_order) over (partition by skc_id, size_code) as size_place
    from {{ ref('dim_sku') }}
    where size_code is not null
) as sku
