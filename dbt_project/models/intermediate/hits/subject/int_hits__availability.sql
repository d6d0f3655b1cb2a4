{#
  Which indicators this retailer's feeds allow. A need is met by any of its feeds; returns, tag prices
  and costs are met by data, since a retailer may export the feed without them. A held file of a needed
  feed blocks the indicator on the last day.
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
)

select
    need.indicator_id,
    min(
        case need.need
            when 'returns' then greatest(need.has_feed, case when known.returns > 0 then 1 else 0 end)
            when 'tags' then case when known.tags > 0 then 1 else 0 end
            when 'costs' then case when known.costs > 0 then 1 else 0 end
            else need.has_feed
        end
    ) = 1 as is_available,
    max(need.has_held) = 1 as is_held
from need
cross join known
group by need.indicator_id
