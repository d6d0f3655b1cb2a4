{#
  Score of each recomputed row: the mean of its percentiles among its peers, minus a penalty for returns
  far above the category; and the rank of that score among the peers' scores on the same yardstick. A
  percentile is the share of peers below, ties counting half.
#}
{% set values = ['by_store_day', 'by_active', 'by_cum', 'by_gain', 'by_week', 'by_price'] %}
with part as (
    {% for value in values -%}
    select pool_id, is_peer, skc_id, as_of_date, is_return_high, {{ loop.index }} as part_no, {{ value }} as value
    from {{ ref('int_hits__peer_entry') }}
    where {{ value }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        part.*,
        sum(is_peer) over (partition by pool_id, part_no order by value nulls last) as peers_to,
        sum(is_peer) over (partition by pool_id, part_no order by value nulls last range between current row and current row) as peers_at,
        sum(is_peer) over (partition by pool_id, part_no) as peers
    from part
),

percentile as (
    select
        pool_id, is_peer, skc_id, as_of_date, is_return_high, part_no,
        cast(cast(100 * (2 * peers_to - peers_at) as double) / nullif(2 * peers, 0) as decimal(18, 10)) as percentile
    from counted
),

scored as (
    select
        pool_id, is_peer, skc_id, as_of_date,
        {% for value in values -%}
        cast(max(case when part_no = {{ loop.index }} then percentile end) as decimal(9, 4)) as p_{{ value[3:] }},
        {% endfor -%}
        cast(greatest(
            cast(sum(percentile) as double) / nullif(count(percentile), 0)
            - case when is_return_high then cast(max(config.return_penalty) as double) else 0 end,
            0
        ) as decimal(9, 4)) as score
    from percentile
    cross join {{ ref('int_hits__config') }} as config
    group by pool_id, is_peer, skc_id, as_of_date, is_return_high
    having count(percentile) >= max(config.score_min_parts)
),

ranked as (
    select
        scored.*,
        sum(is_peer) over (partition by pool_id order by score nulls last) as peers_to,
        sum(is_peer) over (partition by pool_id order by score nulls last range between current row and current row) as peers_at,
        sum(is_peer) over (partition by pool_id) as peers
    from scored
),

peer_median as (
    select pool_id, cast(median(cast(cum_units as decimal(18, 6))) as decimal(18, 6)) as peer_median_units, count(*) as peer_skcs
    from {{ ref('int_hits__peer_entry') }}
    where is_peer = 1
    group by pool_id
)

select
    entry.skc_id,
    entry.as_of_date,
    case entry.step when 1 then 'category_l3_band' when 2 then 'category_l3' when 3 then 'category_l2' else 'all' end
        as peer_group,
    cast(peer_median.peer_skcs as bigint) as peer_skcs,
    peer_median.peer_median_units,
    entry.is_return_high,
    {% for value in values -%}
    ranked.p_{{ value[3:] }},
    {% endfor -%}
    ranked.score,
    {{ hits_ratio('2 * ranked.peers_to - ranked.peers_at', '2 * ranked.peers') }} as score_rank
from {{ ref('int_hits__peer_entry') }} as entry
inner join peer_median using (pool_id)
left join ranked
    on entry.skc_id = ranked.skc_id and entry.as_of_date = ranked.as_of_date and ranked.is_peer = 0
where entry.is_peer = 0
