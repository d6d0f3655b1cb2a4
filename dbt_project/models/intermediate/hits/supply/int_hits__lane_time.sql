{#
  Usual longest time on the way of each lane (from one place to another) by quarter of sending: the configured
  rank of the days between sending and arrival, over documents that arrived in the four quarters before. A lane
  with few of them takes the time of all lanes; with few of those no limit is known.
#}
with receipt as (
    select distinct  -- a document has many lines
        doc_no,
        from_code,
        to_code,
        {{ hits_days('sent_date', 'arrived_date') }} as days,
        cast(extract(year from arrived_date) * 4 + extract(quarter from arrived_date) as bigint) as arrived_quarter
    from {{ ref('int_hits__way') }}
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
        sum(receipts) over (partition by from_code, to_code, quarter_no order by days) as upto,
        sum(receipts) over (partition by from_code, to_code, quarter_no) as receipts
    from counted
)

select ranked.from_code, ranked.to_code, ranked.quarter_no, min(ranked.days) as days
from ranked
cross join {{ ref('int_hits__config') }} as config
where ranked.receipts >= config.transit_min_receipts and ranked.upto >= config.transit_rank * ranked.receipts
group by ranked.from_code, ranked.to_code, ranked.quarter_no
