{{ config(
    materialized='incremental', incremental_strategy='replace_touched', unique_key='return_doc_id',
    on_schema_change='fail', meta={'touched': 'int_touched__return'}
) }}
-- depends_on: {{ ref('int_touched__return') }}
-- Posted returns with the sale they belong to. Values at tag price and cost are those of the sale date;
-- a return whose sale can't be found is an orphan and stands on its posting date.
with claim as (
    select * from {{ ref('int_returns__line') }}
),

sale as (
    select *
    from {{ ref('fct_sale_line') }}
    where cancelled_date is null
),

-- The sale line of a store return: the line itself, else the same SKU on that receipt; without a day
-- the latest receipt of that number. Presale parcels: the last one sent before the goods came back.
candidate as (
    select
        claim.return_line_id,
        sale.sale_line_id,
        case when sale.line_no = claim.original_line_no then 0 else 1 end as distance,
        sale.sale_date,
        sale.line_no
    from claim
    inner join sale
        on claim.claims = 'store'
        and sale.source = 'pos'
        and sale.store_code = claim.original_store
        and split_part(sale.order_id, '|', 3) = claim.original_receipt_no
        and sale.sku_id = claim.sku_id
        and sale.sale_date <= claim.post_date
        and coalesce(claim.original_date, sale.sale_date) = sale.sale_date
    union all
    select
        claim.return_line_id,
        sale.sale_line_id,
        case when sale.line_no = claim.original_line_no then 0 else 1 end,
        sale.sale_date,
        sale.line_no
    from claim
    inner join sale
        on claim.claims = 'online'
        and sale.source = 'ec'
        and split_part(sale.order_id, '|', 2) = claim.online_order_no
        and sale.sku_id = claim.sku_id
        and sale.sale_date <= claim.post_date
),

linked as (
    select
        return_line_id,
        sale_line_id
    from candidate
    qualify row_number() over (
        partition by return_line_id order by distance, sale_date desc, line_no, sale_line_id
    ) = 1
),

joined as (
    select
        claim.*,
        sale.sale_line_id,
        sale.channel_id as sale_channel_id,
        sale.store_code as sale_store_code,
        sale.order_id as sale_order_id,
        sale.sale_date,
        sale.sale_units,
        sale.tag_amt,
        sale.unit_cost,
        sale.region as sale_region,
        sale.is_presale,
        sale.is_excluded,
        sale.one_id as sale_one_id,
        coalesce(sale.skc_id, sku.skc_id, claim.sku_id) as skc_id,
        coalesce(sale.style_id, sku.style_id, '?') as style_id,
        coalesce(reason.is_resalable, true) as is_resalable
    from claim
    left join linked on linked.return_line_id = claim.return_line_id
    left join sale on sale.sale_line_id = linked.sale_line_id
    left join {{ ref('int_goods__sku') }} as sku on sku.sku_id = claim.sku_id
    left join {{ ref('return_reasons') }} as reason on reason.reason = claim.reason
)

select
    joined.return_line_id,
    joined.return_doc_id,
    joined.source,
    coalesce(joined.sale_channel_id, joined.platform, joined.return_channel_id) as channel_id,
    case when coalesce(joined.sale_channel_id, joined.platform, joined.return_channel_id) = 'store'
        then 'store' else 'online'
    end as channel_group,
    joined.return_channel_id,
    case when joined.sale_line_id is null and joined.claims = 'store' then joined.return_store_code
        else joined.sale_store_code
    end as store_code,
    joined.return_store_code,
    case when joined.sale_line_id is null and joined.claims = 'store' then store.region
        else joined.sale_region
    end as region,
    joined.sale_order_id as order_id,
    joined.sale_line_id,
    joined.sku_id,
    joined.skc_id,
    joined.style_id,
    coalesce(joined.sale_date, joined.post_date) as sale_date,
    joined.post_date,
    cast(joined.ret_units as bigint) as ret_units,
    joined.ret_amt,
    cast(case
        when joined.sale_line_id is null then joined.ret_units * price.tag_price
        else {{ split_amount('joined.tag_amt', '0', 'joined.ret_units', 'joined.sale_units') }}
    end as decimal(18, 2)) as ret_tag_amt,
    cast(case when joined.is_resalable then joined.ret_units else 0 end
        * coalesce(joined.unit_cost, cost.unit_cost) as decimal(18, 2)) as ret_cogs_amt,
    cast(round(
        joined.ret_amt * {{ threshold('vat_rate') }} / (1 + {{ threshold('vat_rate') }}), 2
    ) as decimal(18, 2)) as ret_vat_amt,
    joined.refund_only_amt,
    cast(joined.exch_units as bigint) as exch_units,
    cast(case
        when joined.claims = 'online' and joined.return_channel_id = 'store' then joined.ret_units else 0
    end as bigint) as boris_units,
    joined.is_resalable,
    coalesce(joined.is_presale, false) as is_presale,
    joined.sale_line_id is null as is_orphan,
    coalesce(joined.is_excluded, false) as is_excluded,
    coalesce(joined.sale_one_id, card.one_id, 'card:' || joined.member_no) as one_id,
    joined.reason,
    joined._batch
from joined
left join {{ ref('int_place__store') }} as store on store.store_code = joined.return_store_code
left join {{ ref('int_identity__node') }} as card on card.node = 'card:' || joined.member_no
left join {{ ref('dim_price') }} as price
    on joined.sale_line_id is null and price.skc_id = joined.skc_id
    and joined.post_date >= price.valid_from and joined.post_date < price.valid_to
left join {{ ref('dim_cost') }} as cost
    on joined.sale_line_id is null and cost.skc_id = joined.skc_id
    and joined.post_date >= cost.valid_from and joined.post_date < cost.valid_to
