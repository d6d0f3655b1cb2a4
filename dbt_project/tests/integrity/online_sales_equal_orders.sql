-- Of the orders that this build recomputed: the parts of a paid online line add up to the line, in pieces and in cents; presale lines may still
-- have pieces to ship, never more than were ordered.
with line as (
    select
        line.order_id,
        line.line_no,
        line.qty,
        line.sale_amt
    from {{ ref('stg_ec__order_line') }} as line
    inner join {{ ref('stg_ec__order') }} as ec_order on ec_order.order_id = line.order_id
    where ec_order.paid_at is not null
),

fact as (
    select
        order_id,
        line_no,
        bool_or(is_presale) as is_presale,
        sum(sale_units + gift_units) as units,
        sum(sale_amt) as amount
    from {{ ref('fct_sale_line') }}
    where source = 'ec' and {{ was_recomputed('order_id') }}
    group by order_id, line_no
)

select
    fact.order_id,
    fact.line_no,
    line.qty,
    fact.units,
    line.sale_amt,
    fact.amount
from fact
left join line on line.order_id = fact.order_id and line.line_no = fact.line_no
where line.order_id is null
    or fact.units > line.qty
    or (not fact.is_presale and (fact.units <> line.qty or fact.amount <> line.sale_amt))
    or (fact.units = line.qty and fact.amount <> line.sale_amt)
