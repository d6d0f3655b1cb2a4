{#
  What changes sales, by the day of sale and the day it is posted: sales, cancellations before shipping,
  returns, refunds without goods. Excluded lines and gifts are not here (rule D9). Amounts without VAT are
  given only where the cost is known, so that a margin never sets sales against no cost. closed_: of sales
  whose return window is over at the as-of date.
#}
with as_of as (
    select max(as_of_date) as as_of_date from {{ source('bronze', '_run') }}
),

line as (
    select
        sale_line_id, skc_id, channel_id, channel_group, region, is_presale, sale_date, cancelled_date, closes_on,
        sale_units, coalesce(cancel_units, 0) as cancel_units, sale_amt, cogs_amt,
        case when cogs_amt is null then 0 else sale_amt - coalesce(vat_amt, 0) end as exvat_amt
    from {{ ref('fct_sale_line') }}
    where not is_excluded and not is_gift and sale_units > 0
),

change as (
    select
        skc_id, channel_id, channel_group, region, is_presale, sale_date, sale_date as post_date, closes_on,
        sale_units, sale_amt,
        0 as ret_units, 0 as ret_amt, 0 as refund_only_amt,
        exvat_amt, coalesce(cogs_amt, 0) as cogs_amt
    from line
    union all
    select
        skc_id, channel_id, channel_group, region, is_presale, sale_date,
        greatest(cancelled_date, sale_date), closes_on,
        -cancel_units,
        -{{ split_amount('sale_amt', '0', 'cancel_units', 'sale_units') }},
        0, 0, 0,
        -{{ split_amount('exvat_amt', '0', 'cancel_units', 'sale_units') }},
        -coalesce({{ split_amount('cogs_amt', '0', 'cancel_units', 'sale_units') }}, 0)
    from line
    where cancel_units > 0 and cancelled_date is not null
    union all
    select
        ret.skc_id, ret.channel_id, ret.channel_group, ret.region, ret.is_presale, ret.sale_date,
        greatest(ret.post_date, ret.sale_date), line.closes_on,
        0, 0,
        ret.ret_units, ret.ret_amt, coalesce(ret.refund_only_amt, 0),
        case when ret.ret_cogs_amt is null then 0 else -(ret.ret_amt - coalesce(ret.ret_vat_amt, 0)) end,
        -coalesce(ret.ret_cogs_amt, 0)
    from {{ ref('fct_return_line') }} as ret
    left join line on line.sale_line_id = ret.sale_line_id
    where not ret.is_excluded
)

select
    change.channel_id,
    change.channel_group,
    change.region,
    skc.category_l1,
    change.is_presale,
    change.sale_date,
    change.post_date,
    cast(sum(change.sale_units) as bigint) as sale_units,
    cast(sum(change.sale_amt) as decimal(18, 2)) as sale_amt,
    cast(sum(change.ret_units) as bigint) as ret_units,
    cast(sum(change.ret_amt) as decimal(18, 2)) as ret_amt,
    cast(sum(change.refund_only_amt) as decimal(18, 2)) as refund_only_amt,
    cast(sum(change.exvat_amt) as decimal(18, 2)) as exvat_amt,
    cast(sum(change.cogs_amt) as decimal(18, 2)) as cogs_amt,
    cast(sum(case when change.closes_on <= as_of.as_of_date then change.sale_units else 0 end) as bigint) as closed_units,
    cast(sum(case when change.closes_on <= as_of.as_of_date then change.ret_units else 0 end) as bigint) as closed_ret_units
from change
cross join as_of
left join {{ ref('dim_skc') }} as skc on skc.skc_id = change.skc_id
where change.post_date <= as_of.as_of_date
group by
    change.channel_id, change.channel_group, change.region, skc.category_l1, change.is_presale, change.sale_date,
    change.post_date
