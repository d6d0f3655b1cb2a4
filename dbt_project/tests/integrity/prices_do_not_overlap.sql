-- On each day a style-colour has one price and one cost: intervals follow one another.
with step as (
    select
        'price' as kind,
        skc_id,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by skc_id order by valid_from nulls last) as next_from
    from {{ ref('dim_price') }}
    union all
    select
        'cost',
        skc_id,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by skc_id order by valid_from nulls last)
    from {{ ref('dim_cost') }}
)

select
    kind,
    skc_id,
    valid_from,
    valid_to,
    next_from
from step
where valid_to <> coalesce(next_from, date '9999-12-31') or valid_from >= valid_to
