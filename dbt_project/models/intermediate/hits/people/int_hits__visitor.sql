{#
  Visitors of an SKC's product page (pdp_view) and visitors who put it into the cart (add_cart), as net changes
  by the as-of day on which they count within the last 7 days. A visitor who comes again within a week is one
  span of days after the other, so a day counts every visitor once. Bots and staff are out.
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
                lead(event_date) over (partition by skc_id, visitor_key, event order by event_date nulls last), date '9999-12-31'
            )
        ) as day_to
    from visit
),

change as (
    select skc_id, event, day_from as span_from, day_from as day, 1 as people from span
    union all
    select skc_id, event, day_from as span_from, day_to as day, -1 as people from span
)

select change.skc_id, change.event as kind, change.day, cast(sum(change.people) as bigint) as people
from change
inner join {{ ref('int_hits__skc') }} as skc on change.skc_id = skc.skc_id
where not skc.is_judged or change.span_from <= skc.row_to
group by change.skc_id, change.event, change.day
having sum(change.people) <> 0
