{# Distinct visitors of an SKC's product page by day; bots and staff are out. #}
select event.skc_id, event.event_date as day, cast(count(distinct event.visitor_key) as bigint) as visitors
from {{ ref('fct_event') }} as event
where event.event = 'pdp_view' and not event.is_bot and not event.is_staff
    and event.skc_id is not null and event.visitor_key is not null
group by event.skc_id, event.event_date
