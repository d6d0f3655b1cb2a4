-- Online sale lines cut into parts that share one fate: what was kept, each cancellation before
-- shipping, each parcel of a presale line. Pieces and amounts of the parts add up to the line.
with cancelled as (
    select
        order_id,
        line_no,
        'c' || refund_no as part,
        post_date as cancelled_date,
        done_at,
        units
    from {{ ref('int_sales__ec_refund') }}
    where is_cancel
    union all
    -- A paid order that was closed without a refund record and without a parcel.
    select
        line.order_id,
        line.line_no,
        'closed',
        {{ business_day('line.closed_at', 'online_cutoff_hours') }},
        line.closed_at,
        line.qty
    from {{ ref('int_sales__ec_line') }} as line
    left join (select distinct order_id, line_no from {{ ref('int_sales__ec_parcel') }}) as parcel
        on parcel.order_id = line.order_id and parcel.line_no = line.line_no
    left join (select distinct order_id, line_no from {{ ref('int_sales__ec_refund') }}) as refund
        on refund.order_id = line.order_id and refund.line_no = line.line_no
    where line.status = 'closed' and line.closed_at is not null
        and parcel.order_id is null and refund.order_id is null
),

counted as (
    select
        cancelled.*,
        line.qty as line_qty,
        least(line.qty, coalesce(sum(cancelled.units) over (
            partition by cancelled.order_id, cancelled.line_no
            order by cancelled.done_at nulls last, cancelled.part nulls last
            rows between unbounded preceding and 1 preceding
        ), 0)) as before_units
    from cancelled
    inner join {{ ref('int_sales__ec_line') }} as line
        on line.order_id = cancelled.order_id and line.line_no = cancelled.line_no
),

cancel_part as (
    select
        order_id,
        line_no,
        part,
        cancelled_date,
        least(units, line_qty - before_units) as qty,
        line_qty - before_units - least(units, line_qty - before_units) as done_qty
    from counted
    where least(units, line_qty - before_units) > 0
),

cancel_total as (
    select
        order_id,
        line_no,
        sum(qty) as qty
    from cancel_part
    group by order_id, line_no
),

delivery as (
    select
        order_id,
        line_no,
        min_by(ship_from, cast(shipped_at as string) || parcel_no) as ship_from,
        min_by(ship_mode, cast(shipped_at as string) || parcel_no) as ship_mode,
        case when count(*) = count(delivered_date) then max(delivered_date) end as delivered_date,
        sum(qty) as qty
    from {{ ref('int_sales__ec_parcel') }}
    group by order_id, line_no
),

part as (
    -- What was kept of an ordinary line, cancelled pieces taken off the end.
    select
        line.order_id,
        line.line_no,
        '' as part,
        line.paid_date as sale_date,
        line.qty - coalesce(cancel_total.qty, 0) as qty,
        0 as done_qty,
        cast(null as date) as cancelled_date,
        case when delivery.qty >= line.qty - coalesce(cancel_total.qty, 0)
            then delivery.delivered_date
        end as delivered_date,
        delivery.ship_from,
        delivery.ship_mode
    from {{ ref('int_sales__ec_line') }} as line
    left join cancel_total on cancel_total.order_id = line.order_id and cancel_total.line_no = line.line_no
    left join delivery on delivery.order_id = line.order_id and delivery.line_no = line.line_no
    where not line.is_presale
        and (line.qty - coalesce(cancel_total.qty, 0) > 0 or line.qty = 0)
    union all
    select
        line.order_id, line.line_no, '|' || cancel_part.part, line.paid_date, cancel_part.qty,
        cancel_part.done_qty, cancel_part.cancelled_date, cast(null as date), cast(null as string),
        cast(null as string)
    from {{ ref('int_sales__ec_line') }} as line
    inner join cancel_part on cancel_part.order_id = line.order_id and cancel_part.line_no = line.line_no
    where not line.is_presale
    union all
    -- Presale: a sale on the day the parcel leaves; what was not shipped is no sale yet.
    select
        line.order_id, line.line_no, '|' || parcel.parcel_no, parcel.shipped_date, parcel.qty,
        parcel.done_qty, cast(null as date), parcel.delivered_date, parcel.ship_from, parcel.ship_mode
    from {{ ref('int_sales__ec_line') }} as line
    inner join {{ ref('int_sales__ec_parcel') }} as parcel
        on parcel.order_id = line.order_id and parcel.line_no = line.line_no
    where line.is_presale
)

select
    order_id,
    line_no,
    order_id || '|' || line_no || part as sale_line_id,
    sale_date,
    cast(qty as bigint) as qty,
    cast(done_qty as bigint) as done_qty,
    cancelled_date,
    delivered_date,
    ship_from,
    ship_mode
from part
