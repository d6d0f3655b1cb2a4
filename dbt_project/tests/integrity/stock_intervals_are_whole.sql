-- Intervals of a location and SKU follow one another without gap or overlap, and the last is open.
with step as (
    select
        stock_key,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by stock_key order by valid_from nulls last) as next_from
    from {{ ref('fct_stock_interval') }}
)

select
    stock_key,
    valid_from,
    valid_to,
    next_from
from step
where valid_to <> coalesce(next_from, date '9999-12-31') or valid_from >= valid_to
