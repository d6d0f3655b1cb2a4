{#
  Receipts, purchase orders and presales of an SKC by the day they became known. Receipts of a re-launched
  SKC count from shortly before the launch; the presale ratio is frozen at launch.
#}
with po as (
    select po_no, sku_id, max(po_type) as po_type
    from {{ ref('fct_po_line') }}
    group by po_no, sku_id
),

event as (
    select
        move.skc_id,
        move.move_date as day,
        move.recv_units as recv,
        case when po.po_type = 'first' then move.recv_units else 0 end as recv_first,
        case when po.po_type = 'reorder' then move.recv_units else 0 end as recv_reorder,
        0 as po_first, 0 as po_reorder, 0 as presale_net, 0 as presale_paid_frozen, 0 as presale_deposit_frozen
    from {{ ref('fct_stock_move') }} as move
    left join po on move.po_no = po.po_no and move.sku_id = po.sku_id
    where move.recv_units <> 0
    union all
    select
        skc_id,
        order_date,
        0, 0, 0,
        case when po_type = 'first' then ordered_units else 0 end,
        case when po_type = 'reorder' then ordered_units else 0 end,
        0, 0, 0
    from {{ ref('fct_po_line') }}
    union all
    select
        skc_id,
        greatest(coalesce(cancelled_date, order_date), order_date),
        0, 0, 0,
        case when po_type = 'first' then -cancelled_units else 0 end,
        case when po_type = 'reorder' then -cancelled_units else 0 end,
        0, 0, 0
    from {{ ref('fct_po_line') }}
    where cancelled_units > 0
    union all
    select skc_id, deposit_date, 0, 0, 0, 0, 0, presale_units, 0, capped_units
    from {{ ref('int_hits__presale_line') }}
    union all
    select skc_id, greatest(balance_date, deposit_date), 0, 0, 0, 0, 0, 0, capped_units, -capped_units
    from {{ ref('int_hits__presale_line') }}
    where balance_date is not null
    union all
    select
        skc_id,
        greatest(cancelled_date, coalesce(balance_date, deposit_date), deposit_date),
        0, 0, 0, 0, 0,
        -presale_units,
        case when balance_date is not null then -capped_units else 0 end,
        case when balance_date is null then -capped_units else 0 end
    from {{ ref('int_hits__presale_line') }}
    where cancelled_date is not null
)

select
    event.skc_id,
    event.day,
    cast(sum(event.recv) as bigint) as recv,
    cast(sum(event.recv_first) as bigint) as recv_first,
    cast(sum(event.recv_reorder) as bigint) as recv_reorder,
    cast(sum(event.po_first) as bigint) as po_first,
    cast(sum(event.po_reorder) as bigint) as po_reorder,
    cast(sum(event.presale_net) as bigint) as presale_net,
    cast(sum(case when skc.launch_date is null or event.day <= skc.launch_date then event.presale_paid_frozen else 0 end)
        as bigint) as presale_paid_frozen,
    cast(sum(case when skc.launch_date is null or event.day <= skc.launch_date then event.presale_deposit_frozen else 0 end)
        as bigint) as presale_deposit_frozen
from event
inner join {{ ref('int_hits__skc') }} as skc on event.skc_id = skc.skc_id
where event.day >= skc.cycle_from
group by event.skc_id, event.day
