{#
  Counts of eligible stores by SKC as changes by day: carrying, judged, with a full size run, selling.
  A store whose file of a day has not arrived is out of that day's counts.
#}
{% set flags = hits_store() %}
with span as (
    select
        skc_id, store_code, day_from, day_to,
        1 as carry_stores,
        avail + transit as carry_units,
        case when is_judged and avail > 0 then 1 else 0 end as judged_stores,
        case when is_judged and avail > 0 and is_full then 1 else 0 end as full_stores,
        case when is_judged then 1 else 0 end as judged_transit_stores,
        case when is_judged and is_full_transit then 1 else 0 end as full_transit_stores,
        0 as active_base,
        0 as active_stores,
        case when is_judged and avail > 0 and not is_full then avail else 0 end as stranded_units
    from {{ ref('int_hits__store_span') }}
    union all
    select
        skc_id, store_code, day_from, day_to, 0, 0, 0, 0, 0, 0,
        1 as active_base,
        case when net_units >= 1 then 1 else 0 end as active_stores,
        0 as stranded_units
    from {{ ref('int_hits__selling_span') }}
),

eligible_span as (
    select
        touched.skc_id,
        touched.row_to,
        span.store_code,
        greatest(span.day_from, eligible.day_from, touched.calc_from) as day_from,
        least(span.day_to, eligible.day_to) as day_to,
        {% for flag in flags %}span.{{ flag }}{{ ', ' if not loop.last }}{% endfor %}
    from span
    inner join {{ ref('int_hits__touched') }} as touched on span.skc_id = touched.skc_id
    inner join {{ ref('int_hits__skc') }} as skc on span.skc_id = skc.skc_id
    inner join {{ ref('int_hits__eligible') }} as eligible
        on skc.plan_key = eligible.plan_key and span.store_code = eligible.store_code
    where greatest(span.day_from, eligible.day_from, touched.calc_from) < least(span.day_to, eligible.day_to)
),

change as (
    select skc_id, row_to, day_from as day, {{ flags | join(', ') }}
    from eligible_span
    union all
    select skc_id, row_to, day_to as day, -{{ flags | join(', -') }}
    from eligible_span
    {% for sign, day in [('-', 'missing.biz_date'), ('', hits_add_days('missing.biz_date', 1))] %}
    union all
    select span.skc_id, span.row_to, {{ day }} as day,
        {% for flag in flags %}{{ sign }}span.{{ flag }}{{ ', ' if not loop.last }}{% endfor %}
    from eligible_span as span
    inner join {{ ref('int_hits__missing') }} as missing
        on span.store_code = missing.store_code
        and missing.biz_date >= span.day_from and missing.biz_date < span.day_to
    {% endfor %}
)

select
    skc_id,
    day,
    {% for flag in flags -%}
    cast(sum({{ flag }}) as bigint) as {{ flag }}{{ ',' if not loop.last }}
    {% endfor %}
from change
where day <= row_to
group by skc_id, day
