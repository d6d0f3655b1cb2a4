{#
  Stock of an SKC in a store as spans of days [day_from, day_to) at the close, with what its sizes allow:
  a core run on hand, and one with what is in transit to it (rule D11). Sizes are bits of a mask, see
  int_hits__core_run. Goods too long on their way leave the transit. Begins 16 days before calc_from: the
  windows of stocked days look back so far.
#}
with stock as (
    select
        touched.skc_id,
        stock.store_code,
        store.zone_group,
        touched.row_to,
        greatest(stock.valid_from, {{ hits_add_days('touched.calc_from', -16) }}) as day_from,
        stock.valid_to as day_to,
        stock.avail_units as avail,
        stock.transit_units as transit,
        case when stock.avail_units > 0 then coalesce(size.size_bit, 0) else 0 end as mask,
        case when stock.avail_units + stock.transit_units > 0 then coalesce(size.size_bit, 0) else 0 end as mask_transit
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('int_hits__touched') }} as touched on stock.skc_id = touched.skc_id
    inner join {{ ref('int_hits__store') }} as store on stock.store_code = store.store_code
    left join {{ ref('int_hits__size') }} as size on stock.sku_id = size.sku_id
    where touched.calc_from <= touched.row_to
        and stock.valid_from <= touched.row_to
        and stock.valid_to > {{ hits_add_days('touched.calc_from', -16) }}
        and (stock.avail_units > 0 or stock.transit_units > 0)
),

aged as (
    select
        touched.skc_id,
        aged.store_code,
        store.zone_group,
        touched.row_to,
        greatest(aged.day_from, {{ hits_add_days('touched.calc_from', -16) }}) as day_from,
        aged.day_to,
        aged.units
    from {{ ref('int_hits__aged_transit') }} as aged
    inner join {{ ref('int_hits__touched') }} as touched on aged.skc_id = touched.skc_id
    inner join {{ ref('int_hits__store') }} as store on aged.store_code = store.store_code
    where touched.calc_from <= touched.row_to
        and aged.day_from <= touched.row_to
        and aged.day_to > {{ hits_add_days('touched.calc_from', -16) }}
),

change as (
    select skc_id, store_code, zone_group, row_to, day_from as day, avail, transit, mask, mask_transit
    from stock
    union all
    select skc_id, store_code, zone_group, row_to, day_to as day, -avail, -transit, -mask, -mask_transit
    from stock
    where day_to <= row_to
    union all
    select skc_id, store_code, zone_group, row_to, day_from as day, 0, -units, 0, 0 from aged
    union all
    select skc_id, store_code, zone_group, row_to, day_to as day, 0, units, 0, 0 from aged where day_to <= row_to
),

running as (
    {{ hits_spans('change', ['skc_id', 'store_code', 'zone_group', 'row_to'], ['avail', 'transit', 'mask', 'mask_transit'],
                  until=hits_add_days('row_to', 1)) }}
),

-- More aged goods than goods on their way can't be.
span as (
    select skc_id, store_code, zone_group, day_from, day_to, avail, greatest(transit, 0) as transit, mask, mask_transit
    from running
),

mask as (
    select distinct skc_id, zone_group, mask from span  -- spans share few masks: each is judged once
    union
    select distinct skc_id, zone_group, mask_transit as mask from span
),

full_mask as (
    select mask.skc_id, mask.zone_group, mask.mask
    from mask
    inner join {{ ref('int_hits__core_run') }} as run
        on mask.skc_id = run.skc_id and mask.zone_group = run.zone_group
    group by mask.skc_id, mask.zone_group, mask.mask
    having max(case when (mask.mask & run.run_mask) = run.run_mask then 1 else 0 end) = 1
)

select
    span.skc_id, span.store_code, span.day_from, span.day_to, span.avail, span.transit,
    skc.size_count >= config.core_min_sizes as is_judged,
    on_hand.mask is not null as is_full,
    with_transit.mask is not null as is_full_transit
from span
inner join {{ ref('int_hits__skc') }} as skc on span.skc_id = skc.skc_id
cross join {{ ref('int_hits__config') }} as config
left join full_mask as on_hand
    on span.skc_id = on_hand.skc_id and span.zone_group = on_hand.zone_group and span.mask = on_hand.mask
left join full_mask as with_transit
    on span.skc_id = with_transit.skc_id and span.zone_group = with_transit.zone_group
    and span.mask_transit = with_transit.mask
where span.avail > 0 or span.transit > 0
