-- Of the documents that this build recomputed: a finished online refund is a cancellation, a return line or a refund of money, and a negative
-- receipt line a return line or a link: pieces in the return fact equal pieces in the sources.
with source_units as (
    select
        'ec' as source,
        sum(coalesce(refund.qty, line.qty)) as units
    from {{ ref('stg_ec__refund') }} as refund
    inner join {{ ref('stg_ec__order_line') }} as line
        on line.order_id = refund.order_id and coalesce(refund.line_no, line.line_no) = line.line_no
    inner join {{ ref('stg_ec__order') }} as ec_order
        on ec_order.order_id = line.order_id and ec_order.paid_at is not null
    where refund.status = 'done' and refund.done_at is not null
        and refund.refund_type in ('return', 'exchange')
),

fact_units as (
    select
        source,
        sum(ret_units) as units
    from {{ ref('fct_return_line') }}
    where source = 'ec' and {{ was_recomputed('return_doc_id') }}
    group by source
),

cancelled as (
    select sum(cancel_units) as units from {{ ref('fct_sale_line') }}
    where source = 'ec' and {{ was_recomputed('order_id') }}
)

select
    source_units.units as refunded,
    fact_units.units as returned,
    cancelled.units as cancelled
from source_units
left join fact_units on fact_units.source = source_units.source
cross join cancelled
where coalesce(source_units.units, 0) < coalesce(fact_units.units, 0)
    or coalesce(source_units.units, 0) > coalesce(fact_units.units, 0) + coalesce(cancelled.units, 0)
