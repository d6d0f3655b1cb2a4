-- Styles; a style that only the SKU file or a fact knows is a stub, '?' stands for unknown goods.
with named as (
    select style_id from {{ ref('int_goods__sku') }}
    union
    select style_id from {{ ref('stg_erp__skc') }}
    union
    select '?'
),

stub as (
    select named.style_id
    from named
    left join {{ ref('int_goods__style') }} as style on style.style_id = named.style_id
    where style.style_id is null
)

select
    style_id,
    style_name,
    brand,
    season_year,
    season_code,
    season_name,
    band,
    category_l1,
    category_l2,
    category_l3,
    gender,
    size_group,
    supplier_code,
    is_carry_over,
    planned_launch,
    planned_pull_off,
    false as is_stub
from {{ ref('int_goods__style') }}
union all
select
    style_id,
    cast(null as string),
    cast(null as string),
    cast(null as bigint),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    cast(null as string),
    false,
    cast(null as date),
    cast(null as date),
    true
from stub
