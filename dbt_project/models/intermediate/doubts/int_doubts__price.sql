-- Price lists that contradict each other or leave days out. core.dim_price goes on with the latest
-- issue, and over a gap with the last known price. A list without a last day ends where the next begins.
with listed as (
    select
        coalesce(price.skc_id, price.style_id) as goods,
        coalesce(price.region, '') || '|' || coalesce(price.channel, '') as scope,
        price.skc_id,
        price.price_list,
        price.valid_from,
        price.valid_to,
        price.tag_price,
        price.retail_price
    from {{ ref('stg_erp__price') }} as price
),

placed as (
    select
        listed.*,
        lead(valid_from) over same_goods as next_from,
        lead(price_list) over same_goods as next_list,
        lead(tag_price) over same_goods as next_tag,
        lead(retail_price) over same_goods as next_retail,
        max(coalesce(valid_to, date '9999-12-31')) over (
            partition by goods, scope order by valid_from nulls last, price_list nulls last
            rows between unbounded preceding and current row
        ) as covered_to
    from listed
    window same_goods as (partition by goods, scope order by valid_from nulls last, price_list nulls last)
)

select
    case
        when next_from > covered_to + interval '1' day then 'price_gap'
        else 'price_overlap'
    end as doubt_kind,
    goods || '|' || scope || '|' || price_list || '|' || cast(valid_from as string) as document,
    next_list || '|' || cast(next_from as string) as other_document,
    cast(null as string) as channel_id,
    cast(null as string) as store_code,
    skc_id,
    case
        when next_from > covered_to + interval '1' day then cast(covered_to + interval '1' day as date)
        else next_from
    end as doubt_date,
    cast(null as bigint) as doubt_units,
    abs(next_tag - tag_price) as doubt_amt
from placed
where next_from > covered_to + interval '1' day
    or (
        (next_from <= valid_to or next_from = valid_from)
        and (next_tag <> tag_price or next_retail is distinct from retail_price)
    )
