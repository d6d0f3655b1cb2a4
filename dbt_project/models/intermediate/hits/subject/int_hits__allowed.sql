{#
  Which indicators this retailer's feeds allow, as one row: has_<id>, held_<id>. A need is met by any of its
  feeds; returns, tag prices and costs are met by data, since a retailer may export the feed without them. A
  held file of a needed feed blocks the indicator on the last day.
#}
with need as (
    select
        needs.indicator_id,
        needs.need,
        max(case when feed.is_available then 1 else 0 end) as has_feed,
        max(case when feed.is_held then 1 else 0 end) as has_held
    from {{ ref('hit_needs') }} as needs
    left join {{ source('bronze', '_feed') }} as feed on needs.feed = feed.feed
    group by needs.indicator_id, needs.need
),

known as (
    select
        (select count(*) from {{ ref('fct_return_line') }}) as returns,
        (select count(tag_price) from {{ ref('dim_price') }}) as tags,
        (select count(unit_cost) from {{ ref('dim_cost') }}) as costs
),

by_indicator as (
    select
        need.indicator_id,
        min(
            case need.need
                when 'returns' then greatest(need.has_feed, case when known.returns > 0 then 1 else 0 end)
                when 'tags' then case when known.tags > 0 then 1 else 0 end
                when 'costs' then case when known.costs > 0 then 1 else 0 end
                else need.has_feed
            end
        ) as is_available,
        max(need.has_held) as is_held
    from need
    cross join known
    group by need.indicator_id
)

select
    {% for id in hits_needing() -%}
    coalesce(max(case when indicator_id = '{{ id }}' then is_available end), 0) = 1 as has_{{ id }},
    coalesce(max(case when indicator_id = '{{ id }}' then is_held end), 0) = 1 as held_{{ id }}
    {{- ',' if not loop.last }}
    {% endfor %}
from by_indicator
