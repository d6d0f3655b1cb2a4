{#
  Goods that have been on their way to a store longer than usual, as spans of days at the close on which they
  no longer count as distribution: probably lost, or never booked in.
  Usual longest time on the way of each lane (from one place to another) by quarter of sending: the configured
  rank of the days between sending and arrival, over documents that arrived in the four quarters before. A lane
  with few of them takes the time of all lanes; with few of those no limit is known.
#}
with way as (
    select
        sent.doc_no,
        sent.counter_store_code as from_code,
        sent.store_code as to_code,
        sent.skc_id,
        sent.move_date as sent_date,
        arrived.move_date as arrived_date,
        sent.transit_units as units,
        cast(extract(year from sent.move_date) * 4 + extract(quarter from sent.move_date) as bigint) as quarter_no
    from {{ ref('fct_stock_move') }} as sent
    left join {{ ref('fct_stock_move') }} as arrived
        on sent.doc_no = arrived.doc_no and sent.line_no = arrived.line_no and arrived.leg = 'in'
    where sent.leg = 'way' and sent.transit_units > 0
),

receipt as (
    select distinct  -- a document has many lines
        doc_no,
        from_code,
        to_code,
        {{ hits_days('sent_date', 'arrived_date') }} as days,
        cast(extract(year from arrived_date) * 4 + extract(quarter from arrived_date) as bigint) as arrived_quarter
    from way
    where arrived_date >= sent_date
),

known as (
    select receipt.from_code, receipt.to_code, receipt.days, receipt.arrived_quarter + later.quarters as quarter_no
    from receipt
    cross join (
        select 1 as quarters union all select 2 as quarters union all select 3 as quarters union all select 4 as quarters
    ) as later
),

counted as (
    select from_code, to_code, quarter_no, days, count(*) as receipts
    from known
    group by from_code, to_code, quarter_no, days
    union all
    select '*' as from_code, '*' as to_code, quarter_no, days, count(*) as receipts
    from known
    group by quarter_no, days
),

ranked as (
    select
        from_code,
        to_code,
        quarter_no,
        days,
        sum(receipts) over (partition by from_code, to_code, quarter_no order by days nulls last) as upto,
        sum(receipts) over (partition by from_code, to_code, quarter_no) as receipts
    from counted
),

lane as (
    select ranked.from_code, ranked.to_code, ranked.quarter_no, min(ranked.days) as days
    from ranked
    cross join {{ ref('int_hits__config') }} as config
    where ranked.receipts >= config.transit_min_receipts and ranked.upto >= config.transit_rank * ranked.receipts
    group by ranked.from_code, ranked.to_code, ranked.quarter_no
),

late as (
    select
        way.to_code as store_code,
        way.skc_id,
        {{ hits_add_days('way.sent_date', 'coalesce(lane.days, every.days) + 1') }} as day_from,
        coalesce(way.arrived_date, date '9999-12-31') as day_to,
        way.units
    from way
    inner join {{ ref('int_hits__store') }} as store on way.to_code = store.store_code
    left join lane
        on way.from_code = lane.from_code and way.to_code = lane.to_code and way.quarter_no = lane.quarter_no
    left join lane as every
        on every.from_code = '*' and way.quarter_no = every.quarter_no
    where coalesce(lane.days, every.days) is not null
)

select store_code, skc_id, day_from, day_to, cast(sum(units) as bigint) as units
from late
where day_from < day_to
group by store_code, skc_id, day_from, day_to
