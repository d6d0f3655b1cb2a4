{#
  The comparisons to make: each recomputed row (is_peer = 0) with its peers at the same age (is_peer = 1).
  A pool is a season and an age; its peers are SKCs of the two seasons before, launched before the season
  began, so that their value at that age was known. Groups: category_l3 and band, category_l3, its parent,
  all; the first with enough peers is taken. Units lost to empty sizes are added to the peers' sales, never
  to the SKC's own.
#}
{% set values = ['by_store_day', 'by_active', 'by_cum', 'by_gain', 'by_week', 'by_price'] %}
with subject as (
    select value.*
    from {{ ref('int_hits__rank_value') }} as value
    inner join {{ ref('int_hits__touched') }} as touched
        on value.skc_id = touched.skc_id and value.as_of_date >= touched.score_from
),

pool as (
    select distinct season_code, season_no, season_start, age from subject  -- many SKCs of a season share an age
),

peer as (
    select pool.season_no as pool_no, value.*
    from pool
    cross join (select 1 as seasons union all select 2 as seasons) as before
    inner join {{ ref('int_hits__rank_value') }} as value
        on pool.season_code = value.season_code
        and pool.season_no - before.seasons = value.season_no
        and pool.age = value.age
        and value.launch_date < pool.season_start
),

step as (
    select 1 as step, 'category_l3_band' as peer_group union all select 2, 'category_l3'
    union all select 3, 'category_l2' union all select 4, 'all'
),

peer_step as (
    select
        peer.*,
        step.step,
        case step.step when 1 then peer.group_1 when 2 then peer.group_2 when 3 then peer.group_3 else '*' end as group_name
    from peer
    cross join step
),

group_size as (
    select season_code, pool_no, age, step, group_name, count(*) as peers
    from peer_step
    group by season_code, pool_no, age, step, group_name
),

chosen as (
    select subject.skc_id, subject.as_of_date, min(step.step) as step
    from subject
    cross join step
    cross join {{ ref('int_hits__config') }} as config
    inner join group_size
        on subject.season_code = group_size.season_code
        and subject.season_no = group_size.pool_no
        and subject.age = group_size.age
        and step.step = group_size.step
        and case step.step
            when 1 then subject.group_1 when 2 then subject.group_2 when 3 then subject.group_3 else '*'
        end = group_size.group_name
    where group_size.peers >= config.peers_min
    group by subject.skc_id, subject.as_of_date
),

subject_step as (
    select
        subject.*,
        subject.season_no as pool_no,
        chosen.step,
        case chosen.step
            when 1 then subject.group_1 when 2 then subject.group_2 when 3 then subject.group_3 else '*'
        end as group_name
    from subject
    inner join chosen on subject.skc_id = chosen.skc_id and subject.as_of_date = chosen.as_of_date
),

used as (
    select distinct season_code, pool_no, age, step, group_name from subject_step  -- many SKCs share a group
)

select
    season_code, pool_no, age, step, group_name, 0 as is_peer, skc_id, as_of_date, is_return_high,
    cast(cum_org_gross as decimal(18, 2)) as cum_units, {{ values | join(', ') }}
from subject_step
union all
select
    peer.season_code, peer.pool_no, peer.age, peer.step, peer.group_name, 1 as is_peer, peer.skc_id, peer.as_of_date,
    peer.is_return_high, peer.cum_with_lost,
    {% for value in values -%}
    {{ 'cast(peer.cum_with_lost as decimal(18, 6))' if value == 'by_cum' else 'peer.' ~ value }}{{ ', ' if not loop.last }}
    {%- endfor %}
from peer_step as peer
inner join used
    on peer.season_code = used.season_code and peer.pool_no = used.pool_no and peer.age = used.age
    and peer.step = used.step and peer.group_name = used.group_name
