{{ config(
    materialized='incremental', incremental_strategy='replace_touched', on_schema_change='fail',
    meta={'stage': 'facts', 'touched': 'int_touched__order', 'columns': ['order_id'], 'own': ['return_doc_id']}
) }}
-- depends_on: {{ ref('int_touched__order') }}
-- Posted returns with the sale they belong to. Values at tag price and cost are those of the sale date;
-- a return whose sale can't be found is an orphan and stands on its posting date.
with joined as (
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
    from {{ ref('int_returns__line') }} as claim
    left join {{ ref('int_returns__link') }} as link on link.return_line_id = claim.return_line_id
    left join {{ ref('fct_sale_line') }} as sale on sale.sale_line_id = link.sale_line_id
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
-- A condition on the left side alone would make the engine compare all pairs of rows: it is in the key.
left join {{ ref('dim_price') }} as price
    on price.skc_id = case when joined.sale_line_id is null then joined.skc_id end
    and joined.post_date >= price.valid_from and joined.post_date < price.valid_to
left join {{ ref('dim_cost') }} as cost
    on cost.skc_id = case when joined.sale_line_id is null then joined.skc_id end
    and joined.post_date >= cost.valid_from and joined.post_date < cost.valid_to
