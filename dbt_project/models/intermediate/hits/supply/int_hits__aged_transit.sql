{#
  Goods that have been on their way to a store longer than usual, as spans of days at the close on which they
  no longer count as distribution: probably lost, or never booked in.
#}
select
    way.to_code as store_code,
    way.skc_id,
    {{ hits_add_days('way.sent_date', 'coalesce(lane.days, every.days) + 1') }} as day_from,
    coalesce(way.arrived_date, date '9999-12-31') as day_to,
    cast(sum(way.units) as bigint) as units
from {{ ref('int_hits__way') }} as way
inner join {{ ref('int_hits__store') }} as store on way.to_code = store.store_code
left join {{ ref('int_hits__lane_time') }} as lane
    on way.from_code = lane.from_code and way.to_code = lane.to_code and way.quarter_no = lane.quarter_no
left join {{ ref('int_hits__lane_time') }} as every
    on every.from_code = '*' and way.quarter_no = every.quarter_no
where coalesce(lane.days, every.days) is not null
    and {{ hits_add_days('way.sent_date', 'coalesce(lane.days, every.days) + 1') }} < coalesce(way.arrived_date, date '9999-12-31')
group by
    way.to_code, way.skc_id, {{ hits_add_days('way.sent_date', 'coalesce(lane.days, every.days) + 1') }},
    coalesce(way.arrived_date, date '9999-12-31')
