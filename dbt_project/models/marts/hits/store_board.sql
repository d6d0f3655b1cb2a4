{#
  The hit board by store at the last closed business day: every tracked SKC in every store that should have
  it, has it or sold it. Days count from the first day with stock there; the seven-state map's state of each
  store stands beside it.
#}
with received as (
    select move.skc_id, move.store_code, sum(move.units) as recv_units
    from {{ ref('fct_stock_move') }} as move
    inner join {{ ref('int_hits__skc') }} as skc on move.skc_id = skc.skc_id
    where move.move_date <= skc.as_of_date and move.move_date >= skc.cycle_from
        and move.move_type not in ('sale_out', 'sale_return', 'count_adjust', 'other')
    group by move.skc_id, move.store_code
),

row_ as (
    select
        now_.*,
        coalesce(received.recv_units, 0) as recv_units,
        skc.size_count,
        config.core_min_sizes,
        {{ hits_days('now_.first_day', 'now_.as_of_date') }} + 1 as store_age,
        {{ hits_launch_reason('skc', 'now_.as_of_date') }} as launch_reason,
        {{ hits_sale_reason('skc', 'now_.as_of_date') }} as sale_reason,
        {{ hits_a_week('skc.is_judged', hits_days('skc.launch_date', 'now_.as_of_date') ~ ' + 1', 'now_.w7_net',
                       'now_.w28_net') }} as weekly_units
    from {{ ref('int_hits__store_now') }} as now_
    inner join {{ ref('int_hits__skc') }} as skc on now_.skc_id = skc.skc_id
    cross join {{ ref('int_hits__config') }} as config
    left join received on now_.skc_id = received.skc_id and now_.store_code = received.store_code
),

part as (
    select
        skc_id,
        store_code,
        as_of_date,
        region,
        first_day,
        is_eligible,
        is_missing,
        avail_units,
        transit_units,
        {{ hits_store_state() }} as state,
        {{ hits_part_columns('store') }}
    from row_
),

stated as (
    select
        part.*,
        {{ hits_statuses('store', 'part', 'part.is_missing') }}
    from part
    cross join {{ ref('int_hits__allowed') }} as allowed
)

select
    stated.skc_id,
    stated.as_of_date,
    stated.store_code,
    store.store_name,
    coalesce(stated.region, '-') as region,
    style.style_name,
    skc.color_name,
    stated.first_day as store_launch_date,
    stated.is_eligible,
    case when not stated.is_missing and (stated.first_day is not null or stated.avail_units + stated.transit_units > 0)
        then stated.state end as state,
    {{ hits_stated_columns('store', 'stated') }}
    cast(stated.avail_units as bigint) as avail_units,
    cast(stated.transit_units as bigint) as transit_units
from stated
inner join {{ ref('dim_skc') }} as skc on stated.skc_id = skc.skc_id
left join {{ ref('dim_style') }} as style on skc.style_id = style.style_id
left join {{ ref('dim_store') }} as store on stated.store_code = store.store_code
