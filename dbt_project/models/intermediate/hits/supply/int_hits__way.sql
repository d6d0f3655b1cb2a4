{# Goods on their way: each line of a movement that was sent to a place, with the days of sending and arrival. #}
select
    sent.doc_no,
    sent.line_no,
    sent.counter_store_code as from_code,
    sent.store_code as to_code,
    sent.sku_id,
    sent.skc_id,
    sent.move_date as sent_date,
    arrived.move_date as arrived_date,
    sent.transit_units as units,
    cast(extract(year from sent.move_date) * 4 + extract(quarter from sent.move_date) as bigint) as quarter_no
from {{ ref('fct_stock_move') }} as sent
left join {{ ref('fct_stock_move') }} as arrived
    on sent.doc_no = arrived.doc_no and sent.line_no = arrived.line_no and arrived.leg = 'in'
where sent.leg = 'way' and sent.transit_units > 0
