-- Of the receipts that this build recomputed: every line of one that is not voided is a sale line, a return line, or a link to an online
-- return, with its pieces and amount: nothing is lost between staging and core, nothing counted twice.
with line as (
    select
        line.order_id,
        sum(case when line.qty >= 0 then line.qty else 0 end) as sold,
        sum(case when line.qty >= 0 then line.sale_amt else 0 end) as amount
    from {{ ref('stg_pos__receipt_line') }} as line
    left join {{ ref('stg_pos__receipt') }} as receipt on receipt.order_id = line.order_id
    where not coalesce(receipt.is_void, false)
    group by line.order_id
),

fact as (
    select
        order_id,
        sum(sale_units + gift_units) as sold,
        sum(sale_amt) as amount
    from {{ ref('fct_sale_line') }}
    where source = 'pos' and {{ was_recomputed('order_id') }}
    group by order_id
)

select
    coalesce(line.order_id, fact.order_id) as order_id,
    line.sold as receipt_units,
    fact.sold as fact_units,
    line.amount as receipt_amt,
    fact.amount as fact_amt
from line
full outer join fact on fact.order_id = line.order_id
where coalesce(line.sold, 0) <> coalesce(fact.sold, 0)
    or coalesce(line.amount, 0) <> coalesce(fact.amount, 0)
