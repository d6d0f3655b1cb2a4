-- Price by day. Where price lists overlap the latest issue wins; a gap keeps the last known price.
with listed as (
    select
        coalesce(price.skc_id, sku.skc_id) as skc_id,
        price.valid_from,
        coalesce(price.valid_to + interval '1' day, date '9999-12-31') as valid_to,
        price.tag_price,
        coalesce(price.retail_price, price.tag_price) as retail_price,
        price.modified_at,
        price._file_date,
        case when price.skc_id is null then 0 else 1 end as is_specific,
        case when price.region is null and price.channel is null then 0 else 1 end as is_local,
        price.price_list
    from {{ ref('stg_erp__price') }} as price
    left join (
        select distinct style_id, skc_id from {{ ref('int_goods__sku') }}  -- one row a style-colour
    ) as sku on price.skc_id is null and sku.style_id = price.style_id
),

-- Lists for one region or channel count only where there is no general one.
general as (
    select *
    from listed
    where skc_id is not null
    qualify is_local = min(is_local) over (partition by skc_id)
),

edge as (
    select skc_id, valid_from as day from general
    union
    select skc_id, cast(valid_to as date) as day from general
),

span as (
    select
        skc_id,
        day as valid_from,
        lead(day) over (partition by skc_id order by day nulls last) as valid_to
    from edge
),

won as (
    select
        span.skc_id,
        span.valid_from,
        span.valid_to,
        general.tag_price,
        general.retail_price
    from span
    left join general
        on general.skc_id = span.skc_id
        and general.valid_from < span.valid_to
        and general.valid_to > span.valid_from
    where span.valid_to is not null
    qualify row_number() over (
        partition by span.skc_id, span.valid_from
        order by general.modified_at desc nulls last, general._file_date desc nulls last,
            general.is_specific desc, general.valid_from desc, general.price_list nulls last
    ) = 1
),

-- A gap has no winner: its days join the span before it.
kept as (
    select
        skc_id,
        valid_from,
        tag_price,
        retail_price,
        lag(tag_price) over (partition by skc_id order by valid_from nulls last) as tag_before,
        lag(retail_price) over (partition by skc_id order by valid_from nulls last) as retail_before
    from won
    where tag_price is not null
),

changed as (
    select
        skc_id,
        valid_from,
        tag_price,
        retail_price
    from kept
    where tag_before is distinct from tag_price or retail_before is distinct from retail_price
)

select
    skc_id,
    cast(valid_from as date) as valid_from,
    cast(coalesce(
        lead(valid_from) over (partition by skc_id order by valid_from nulls last), date '9999-12-31'
    ) as date) as valid_to,
    cast(tag_price as decimal(18, 2)) as tag_price,
    cast(retail_price as decimal(18, 2)) as retail_price
from changed
