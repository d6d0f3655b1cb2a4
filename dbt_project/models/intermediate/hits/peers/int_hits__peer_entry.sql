{#
  The comparisons to make: each recomputed row (is_peer = 0) with its peers at the same age (is_peer = 1), by
  what is known of both on that day of their lives: units per store-day (5), selling-store rate (6), organic
  gross units since launch (8), sell-through gained in 7 days (12), net units of 7 days (4) and realised price
  (18). A day without enough store files compares with nobody.
  A pool is a season and an age; its peers are SKCs of the two seasons before, launched before the season
  began, so that their value at that age was known. Groups: see macros/hits/peers.sql. Units lost to empty
  sizes are added to the peers' sales, never to the SKC's own.
#}
{% set values = ['by_store_day', 'by_active', 'by_cum', 'by_gain', 'by_week', 'by_price'] %}
{% set through = hits_ratio('today.cum_net', 'nullif(greatest(today.recv, 0), 0)') %}
{% set through_before = hits_ratio('before.cum_net', 'nullif(greatest(before.recv, 0), 0)') %}
with value as (
    select
        today.skc_id,
        today.as_of_date,
        today.age,
        skc.season_code,
        skc.season_no,
        skc.season_start,
        skc.launch_date,
        skc.category_l3,
        skc.category_l2,
        skc.band,
        today.as_of_date >= touched.score_from as is_subject,
        today.cum_org_gross,
        cast(today.cum_org_gross + coalesce(lost.missed_cum, 0) * (1 - config.substitution) as decimal(18, 4))
            as cum_with_lost,
        case when allowed.has_units_per_store_day then {{ hits_ratio('today.w14_store_net', 'today.stocked_store_days') }} end
            as by_store_day,
        case when allowed.has_store_active_rate then {{ hits_ratio('today.active_stores', 'today.active_base') }} end
            as by_active,
        cast(today.cum_org_gross as decimal(18, 6)) as by_cum,
        case
            when allowed.has_sell_through_rate then least({{ through }}, cast(1 as decimal(18, 6)))
                - least(case when today.age <= 7 then coalesce({{ through_before }}, 0) else {{ through_before }} end,
                    cast(1 as decimal(18, 6)))
        end as by_gain,
        cast(today.w7_org_net as decimal(18, 6)) as by_week,
        case when allowed.has_discount_rate then {{ hits_ratio('today.cum_amt', 'today.cum_tag') }} end as by_price,
        coalesce(
            {{ hits_ratio('today.closed_ret', 'today.closed_sold') }}
            > {{ hits_ratio('category.closed_ret', 'category.closed_sold') }} + config.return_excess, false
        ) as is_return_high
    from {{ ref('int_hits__skc_day') }} as today
    inner join {{ ref('int_hits__skc') }} as skc on today.skc_id = skc.skc_id
    inner join {{ ref('int_hits__touched') }} as touched on today.skc_id = touched.skc_id
    cross join {{ ref('int_hits__config') }} as config
    cross join {{ ref('int_hits__allowed') }} as allowed
    left join {{ ref('int_hits__skc_day') }} as before
        on today.skc_id = before.skc_id
        and today.as_of_date = {{ hits_add_days('before.as_of_date', 7) }}
        and before.age >= 1
    left join {{ ref('int_hits__lost_day') }} as lost
        on today.skc_id = lost.skc_id and today.as_of_date = lost.as_of_date
    left join {{ ref('int_hits__category_day') }} as category
        on skc.category_l3 = category.category_l3 and today.as_of_date = category.as_of_date
    where today.age >= 1
        and (today.eligible_stores = 0
            or {{ hits_ratio('today.covered_stores', 'today.eligible_stores') }} >= config.coverage_min)
),

pool as (
    select distinct season_code, season_no, season_start, age from value where is_subject  -- many SKCs share an age
),

peer as (
    select pool.season_no as pool_no, value.*, chain.step, {{ hits_peer_group('chain.step', 'value') }} as group_name
    from pool
    cross join {{ hits_seasons_apart() }} as before
    inner join value
        on pool.season_code = value.season_code
        and pool.season_no - before.seasons = value.season_no
        and pool.age = value.age
        and value.launch_date < pool.season_start
    cross join {{ hits_peer_chain() }} as chain
),

group_size as (
    select season_code, pool_no, age, step, group_name, count(*) as peers
    from peer
    group by season_code, pool_no, age, step, group_name
),

chosen as (
    select value.skc_id, value.as_of_date, min(chain.step) as step
    from value
    cross join {{ hits_peer_chain() }} as chain
    cross join {{ ref('int_hits__config') }} as config
    inner join group_size
        on value.season_code = group_size.season_code
        and value.season_no = group_size.pool_no
        and value.age = group_size.age
        and chain.step = group_size.step
        and {{ hits_peer_group('chain.step', 'value') }} = group_size.group_name
    where value.is_subject and group_size.peers >= config.peers_min
    group by value.skc_id, value.as_of_date
),

subject as (
    select value.season_no as pool_no, value.*, chosen.step, {{ hits_peer_group('chosen.step', 'value') }} as group_name
    from value
    inner join chosen on value.skc_id = chosen.skc_id and value.as_of_date = chosen.as_of_date
),

-- A number in place of the five columns: the comparisons sort by it again and again.
used as (
    select
        season_code, pool_no, age, step, group_name,
        row_number() over (order by season_code nulls last, pool_no nulls last, age nulls last, step nulls last, group_name nulls last) as pool_id
    from subject
    group by season_code, pool_no, age, step, group_name
)

select
    used.pool_id, used.step, 0 as is_peer, subject.skc_id, subject.as_of_date, subject.is_return_high,
    cast(subject.cum_org_gross as decimal(18, 2)) as cum_units,
    {% for value in values %}subject.{{ value }}{{ ', ' if not loop.last }}{% endfor %}
from subject
inner join used
    on subject.season_code = used.season_code and subject.pool_no = used.pool_no and subject.age = used.age
    and subject.step = used.step and subject.group_name = used.group_name
union all
select
    used.pool_id, used.step, 1 as is_peer, peer.skc_id, peer.as_of_date, peer.is_return_high, peer.cum_with_lost,
    {% for value in values -%}
    {{ 'cast(peer.cum_with_lost as decimal(18, 6))' if value == 'by_cum' else 'peer.' ~ value }}{{ ', ' if not loop.last }}
    {%- endfor %}
from peer
inner join used
    on peer.season_code = used.season_code and peer.pool_no = used.pool_no and peer.age = used.age
    and peer.step = used.step and peer.group_name = used.group_name
