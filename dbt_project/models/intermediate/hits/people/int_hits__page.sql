{# Distinct visitors of each SKC's product page by day; bots and staff are out. #}
select
    skc_id,
    event_date as day,
    cast(count(distinct visitor_key) as bigint) as visitors
from {{ ref('fct_event') }}
where event = 'pdp_view' and not is_bot and not is_staff and skc_id is not null and visitor_key is not null
group by skc_id, event_date
