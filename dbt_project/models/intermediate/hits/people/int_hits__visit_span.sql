{#
  Visitors of an SKC's product page and visitors who put it into the cart, as spans of as-of days on which
  they count within the last 7 days. A visitor who comes again within a week is one span after the other,
  so a day's spans count every visitor once. Bots and staff are out.
#}
with visit as (
    select distinct  -- several views a day
        skc_id, visitor_key, event, event_date
    from {{ ref('fct_event') }}
    where event in ('pdp_view', 'add_cart')
        and not is_bot and not is_staff
        and skc_id is not null and visitor_key is not null
),

span as (
    select
        skc_id,
        event,
        event_date as day_from,
        least(
            {{ hits_add_days('event_date', 7) }},
            coalesce(
                lead(event_date) over (partition by skc_id, visitor_key, event order by event_date), date '9999-12-31'
            )
        ) as day_to
    from visit
)

select span.skc_id, span.event, span.day_from, span.day_to, cast(count(*) as bigint) as visitors
from span
inner join {{ ref('int_hits__skc') }} as skc on span.skc_id = skc.skc_id
where not skc.is_judged or span.day_from <= skc.row_to
group by span.skc_id, span.event, span.day_from, span.day_to
