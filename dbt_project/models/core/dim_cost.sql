-- Unit cost by day from the monthly cost table: actual before standard, 0 means unknown; a month
-- without a cost keeps the last known one.
with monthly as (
    select
        coalesce(cost.skc_id, sku.skc_id) as skc_id,
        try_cast(substr(cost.period, 1, 4) || '-' || substr(cost.period, 5, 2) || '-01' as date)
            as valid_from,
        coalesce(
            case when cost.actual_cost > 0 then cost.actual_cost end,
            case when cost.standard_cost > 0 then cost.standard_cost end
        ) as unit_cost,
        case when cost.skc_id is null then 0 else 1 end as is_specific,
        cost.modified_at,
        cost._file_date
    from {{ ref('stg_erp__cost') }} as cost
    left join (
        select distinct style_id, skc_id from {{ ref('int_goods__sku') }}  -- one row a style-colour
    ) as sku on cost.skc_id is null and sku.style_id = cost.style_id
),

-- One cost a month: the latest issue wins, then the row for the colour itself.
won as (
    select
        skc_id,
        valid_from,
        unit_cost
    from monthly
    where skc_id is not null and valid_from is not null and unit_cost is not null
    qualify row_number() over (
        partition by skc_id, valid_from
        order by modified_at desc nulls last, _file_date desc nulls last, is_specific desc, unit_cost nulls last
    ) = 1
),

compared as (
    select
        skc_id,
        valid_from,
        unit_cost,
        lag(unit_cost) over (partition by skc_id order by valid_from nulls last) as cost_before
    from won
)

select
    skc_id,
    valid_from,
    cast(coalesce(
        lead(valid_from) over (partition by skc_id order by valid_from nulls last), date '9999-12-31'
    ) as date) as valid_to,
    cast(unit_cost as decimal(18, 2)) as unit_cost
from compared
where cost_before is distinct from unit_cost
