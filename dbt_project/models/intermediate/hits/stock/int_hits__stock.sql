{#
  The company's stock of the touched SKCs as changes by day: all own locations but stores that send no
  sales (rule D8).
#}
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
    left join {{ ref('dim_store') }} as location on stock.store_code = location.store_code
    left join {{ ref('int_hits__store') }} as store on stock.store_code = store.store_code
    where touched.calc_from <= touched.row_to
        and stock.valid_from <= touched.row_to
        and stock.valid_to > touched.calc_from
        and (store.store_code is not null or coalesce(location.location_type, 'store') not in ('store', 'popup'))
),

change as (
    select skc_id, calc_from, row_to, valid_from as day, {{ hits_stock() | join(', ') }}
    from interval_
    union all
    select skc_id, calc_from, row_to, valid_to as day, -{{ hits_stock() | join(', -') }}
    from interval_
)

select
    skc_id,
    greatest(day, calc_from) as day,
    {% for measure in hits_stock() -%}
    cast(sum({{ measure }}) as bigint) as {{ measure }}{{ ',' if not loop.last }}
    {% endfor %}
from change
where day <= row_to
group by skc_id, greatest(day, calc_from)
