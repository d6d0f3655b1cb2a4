-- The selling cycle of a style-colour: a new one starts when it comes back after a long gap without
-- stock or sale under another season code. One row a style-colour with a presence: the current cycle.
-- Present are goods in a store or sold anywhere; stock in a DC alone is no presence, and stores that send
-- no POS files count for no indicator and not here.
with presence as (
    select stock.skc_id, stock.valid_from, stock.valid_to
    from {{ ref('fct_stock_interval') }} as stock
    inner join {{ ref('int_place__store') }} as store
        on store.store_code = stock.store_code and store.has_pos
    where stock.onhand_units > 0
    union all
    select distinct  -- a day with a sale, whatever the number of lines
        sale.skc_id, sale.sale_date, cast(sale.sale_date + interval '1' day as date)
    from {{ ref('fct_sale_line') }} as sale
    where sale.cancelled_date is null and not sale.is_excluded
),

span as (
    select
        skc_id,
        valid_from,
        max(valid_to) over (
            partition by skc_id order by valid_from nulls last, valid_to nulls last
            rows between unbounded preceding and 1 preceding
        ) as gone_since
    from presence
),

gap as (
    select
        skc_id,
        valid_from as back_on,
        gone_since
    from span
    where gone_since is not null
        and {{ dbt.datediff('gone_since', 'valid_from', 'day') }} >= {{ threshold_count('relaunch_gap_days') }}
),

season as (
    select
        sku.skc_id,
        version.season_text,
        version.seen_from
    from {{ ref('int_goods__season_version') }} as version
    inner join (
        select distinct style_id, skc_id from {{ ref('int_goods__sku') }}  -- one row a style-colour
    ) as sku on sku.style_id = version.style_id
),

-- A gap starts a cycle if a season code was first seen after the goods had gone and before they were back.
relaunch as (
    select
        gap.skc_id,
        gap.back_on
    from gap
    inner join season
        on season.skc_id = gap.skc_id
        and season.seen_from >= gap.gone_since
        and season.seen_from <= gap.back_on
    group by gap.skc_id, gap.back_on
),

first_seen as (
    select
        skc_id,
        min(valid_from) as first_day
    from presence
    group by skc_id
)

select
    first_seen.skc_id,
    first_seen.first_day,
    cast(1 + count(relaunch.back_on) as bigint) as cycle_no,
    coalesce(max(relaunch.back_on), first_seen.first_day) as cycle_from
from first_seen
left join relaunch on relaunch.skc_id = first_seen.skc_id
group by first_seen.skc_id, first_seen.first_day
