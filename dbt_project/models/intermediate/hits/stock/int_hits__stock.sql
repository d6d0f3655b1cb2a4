{#
  Stock of the touched SKCs as changes by day: the company's, which is all own locations but stores that send
  no sales (rule D8), and counts of eligible stores: carrying, judged, with a full size run, selling. A store
  whose file of a day has not arrived is out of that day's counts.
#}
{% set flags = hits_store() %}
with interval_ as (
    select
        touched.skc_id,
        touched.calc_from,
        touched.row_to,
        stock.valid_from,
        stock.valid_to,
        stock.onhand_units as onhand,
        stock.avail_units as avail,
        stock.transit_units as transit,
        case when location.location_type = 'dc' then stock.avail_units else 0 end as dc_avail,
        case when location.location_type = 'dc' then stock.reserved_units else 0 end as dc_reserved,
        case when store.store_code is not null then stock.avail_units else 0 end as store_avail
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('int_hits__touched') }} as touched on stock.skc_id = touched.skc_id
    left join {{ ref('int_hits__place') }} as location on stock.store_code = location.store_code
    left join {{ ref('int_hits__store') }} as store on stock.store_code = store.store_code
    where touched.calc_from <= touched.row_to
        and stock.valid_from <= touched.row_to
        and stock.valid_to > touched.calc_from
        and (store.store_code is not null or coalesce(location.location_type, 'store') not in ('store', 'popup'))
),

span as (
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
        touched.calc_from,
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
    {% for sign, day in [('', 'valid_from'), ('-', 'valid_to')] -%}
    select
        skc_id, calc_from, row_to, {{ day }} as day,
        {% for measure in hits_stock() %}{{ sign }}{{ measure }} as {{ measure }}, {% endfor %}
        {%- for flag in flags %}0 as {{ flag }}{{ ', ' if not loop.last }}{% endfor %}
    from interval_
    union all
    {% endfor -%}
    {% for sign, day in [('', 'day_from'), ('-', 'day_to')] -%}
    select
        skc_id, calc_from, row_to, {{ day }}, {% for measure in hits_stock() %}0, {% endfor %}{{ sign }}{{ flags | join(', ' ~ sign) }}
    from eligible_span
    union all
    {% endfor -%}
    {% for sign, day in [('-', 'missing.biz_date'), ('', hits_add_days('missing.biz_date', 1))] -%}
    select
        span.skc_id, span.calc_from, span.row_to, {{ day }}, {% for measure in hits_stock() %}0, {% endfor -%}
        {{ sign }}span.{{ flags | join(', ' ~ sign ~ 'span.') }}
    from eligible_span as span
    inner join {{ ref('int_hits__missing') }} as missing
        on span.store_code = missing.store_code
        and missing.biz_date >= span.day_from and missing.biz_date < span.day_to
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    skc_id,
    greatest(day, calc_from) as day,
    {% for measure in hits_stock() + flags -%}
    cast(sum({{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor %}
from change
where day <= row_to
group by skc_id, greatest(day, calc_from)
