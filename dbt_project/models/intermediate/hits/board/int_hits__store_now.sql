{#
  Every SKC of the board in every store that matters to it, at the last closed day: eligible stores, and
  stores with stock or sales. The regional board, the store board and the store map are sums of these rows.
#}
with row_ as (
    select skc.skc_id, skc.plan_key, skc.launch_date, skc.is_judged, skc.as_of_date, allowed.has_distribution_rate
    from {{ ref('int_hits__skc_day') }} as skc_day
    inner join {{ ref('int_hits__skc') }} as skc
        on skc_day.skc_id = skc.skc_id and skc_day.as_of_date = skc.as_of_date
    cross join {{ ref('int_hits__allowed') }} as allowed
),

sold as (
    select
        row_.skc_id,
        event.store_code,
        sum(event.gross_units - event.ret_units) as cum_net,
        sum(event.gross_units) as cum_gross,
        {% for days in [7, 14, 28] -%}
        sum(case when event.sale_date > {{ hits_add_days('row_.as_of_date', -days) }}
            then event.gross_units - event.ret_units else 0 end) as w{{ days }}_net
        {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('int_hits__sale_event') }} as event
    inner join row_ on event.skc_id = row_.skc_id and event.post_date <= row_.as_of_date
    inner join {{ ref('int_hits__store') }} as store on event.store_code = store.store_code
    where event.channel_group = 'store'
    group by row_.skc_id, event.store_code
),

stock as (
    select span.skc_id, span.store_code, span.avail, span.transit, span.is_judged, span.is_full, span.is_full_transit
    from {{ ref('int_hits__store_span') }} as span
    inner join row_
        on span.skc_id = row_.skc_id and span.day_from <= row_.as_of_date and span.day_to > row_.as_of_date
),

stocked as (
    select
        row_.skc_id,
        stocked.store_code,
        sum({{ hits_days(
            "greatest(stocked.day_from, " ~ hits_add_days('row_.as_of_date', -13) ~ ")",
            "least(stocked.day_to, " ~ hits_add_days('row_.as_of_date', 1) ~ ")") }}) as stocked_days
    from {{ ref('int_hits__stocked') }} as stocked
    inner join row_
        on stocked.skc_id = row_.skc_id
        and stocked.day_from <= row_.as_of_date
        and stocked.day_to > {{ hits_add_days('row_.as_of_date', -13) }}
    group by row_.skc_id, stocked.store_code
),

unknown_days as (
    select row_.skc_id, stocked.store_code, count(*) as days
    from {{ ref('int_hits__stocked') }} as stocked
    inner join row_ on stocked.skc_id = row_.skc_id
    inner join {{ ref('int_hits__missing') }} as missing
        on stocked.store_code = missing.store_code
        and missing.biz_date >= stocked.day_from and missing.biz_date < stocked.day_to
        and missing.biz_date > {{ hits_add_days('row_.as_of_date', -14) }} and missing.biz_date <= row_.as_of_date
    group by row_.skc_id, stocked.store_code
),

selling as (
    select span.skc_id, span.store_code, span.net_units
    from {{ ref('int_hits__selling_span') }} as span
    inner join row_
        on span.skc_id = row_.skc_id and span.day_from <= row_.as_of_date and span.day_to > row_.as_of_date
),

lost as (
    select
        change.skc_id,
        change.store_code,
        sum(change.units * ({{ hits_days(
            "greatest(change.day, " ~ hits_add_days('row_.as_of_date', -6) ~ ")", 'row_.as_of_date') }} + 1)) as missed_7d
    from {{ ref('int_hits__lost_change') }} as change
    inner join row_ on change.skc_id = row_.skc_id and change.day <= row_.as_of_date
    group by change.skc_id, change.store_code
    -- Gaps that closed long ago are no reason to list a store.
    having sum(change.units * ({{ hits_days(
        "greatest(change.day, " ~ hits_add_days('row_.as_of_date', -6) ~ ")", 'row_.as_of_date') }} + 1)) <> 0
),

eligible as (
    select row_.skc_id, eligible.store_code
    from row_
    inner join {{ ref('int_hits__eligible') }} as eligible
        on row_.plan_key = eligible.plan_key
        and row_.as_of_date >= eligible.day_from and row_.as_of_date < eligible.day_to
    where row_.has_distribution_rate
),

pair as (
    select skc_id, store_code from eligible
    union
    select skc_id, store_code from sold
    union
    select skc_id, store_code from stock
    union
    select skc_id, store_code from stocked
    union
    select skc_id, store_code from lost
)

select
    pair.skc_id,
    pair.store_code,
    row_.as_of_date,
    store.region,
    eligible.store_code is not null as is_eligible,
    missing.store_code is not null as is_missing,
    first_stocked.first_day,
    coalesce(stock.avail, 0) as avail_units,
    coalesce(stock.transit, 0) as transit_units,
    coalesce(stock.is_judged, false) as is_judged,
    coalesce(stock.is_full, false) as is_full,
    coalesce(stock.is_full_transit, false) as is_full_transit,
    coalesce(stocked.stocked_days, 0) - coalesce(unknown_days.days, 0) as stocked_days,
    selling.skc_id is not null as is_active_base,
    coalesce(selling.net_units >= 1, false) as is_active,
    coalesce(sold.cum_net, 0) as cum_net,
    coalesce(sold.cum_gross, 0) as cum_gross,
    coalesce(sold.w7_net, 0) as w7_net,
    coalesce(sold.w14_net, 0) as w14_net,
    coalesce(sold.w28_net, 0) as w28_net,
    cast(coalesce(lost.missed_7d, 0) as decimal(18, 6)) as missed_7d
from pair
inner join row_ on pair.skc_id = row_.skc_id
inner join {{ ref('int_hits__store') }} as store on pair.store_code = store.store_code
{% for relation in ['eligible', 'stock', 'stocked', 'unknown_days', 'selling', 'sold', 'lost'] -%}
left join {{ relation }} on pair.skc_id = {{ relation }}.skc_id and pair.store_code = {{ relation }}.store_code
{% endfor -%}
left join {{ ref('int_hits__missing') }} as missing
    on pair.store_code = missing.store_code and row_.as_of_date = missing.biz_date
left join {{ ref('int_hits__first_stocked') }} as first_stocked
    on pair.skc_id = first_stocked.skc_id and pair.store_code = first_stocked.store_code
