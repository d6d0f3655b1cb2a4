{#
  Organic net units of each week of an SKC's life as known on its last day, with the units lost to empty
  sizes: the demand that peers' curves are made of.
#}
select
    skc_day.skc_id,
    cast(floor(skc_day.age / 7) as bigint) as week_no,
    skc_day.w7_org_net as net_units,
    cast(greatest(
        skc_day.w7_org_net + coalesce(lost.missed_7d, 0) * (1 - config.substitution), 0
    ) as decimal(28, 12)) as demand_units
from {{ ref('int_hits__skc_day') }} as skc_day
cross join {{ ref('int_hits__config') }} as config
left join {{ ref('int_hits__lost_day') }} as lost
    on skc_day.skc_id = lost.skc_id and skc_day.as_of_date = lost.as_of_date
where skc_day.age >= 7 and skc_day.age % 7 = 0
