{#
  A checksum of everything the hit rows are made of, by SKC (or plan, category, buyers) and the day from
  which it matters.
  Compared with the last build's (int_hits__seen) it tells from which day on an SKC's rows must be
  recomputed: also for rows that vanished, moved to another day or to another SKC.
#}
with mark as (
    select
        skc.skc_id as key_id,
        date '1900-01-01' as day,
        {{ hits_hash([
            'skc.category_l2', 'skc.category_l3', 'skc.band', 'skc.planned_pull_off', 'skc.is_carry_over',
            'skc.launch_status', 'skc.launch_date', 'skc.season_code', 'skc.season_no', 'skc.season_start',
            'skc.cycle_from', 'skc.size_count', 'skc.lead_days', 'skc.moq', 'skc.life_days', 'skc.balance_rate', 'skc.plan_key',
            'constant.checksum', 'run_mask.checksum',
        ]) }} as checksum
    from {{ ref('int_hits__skc') }} as skc
    cross join (
        select
            (select sum({{ hits_hash(['name', 'value']) }}) from {{ ref('int_config__threshold') }})
            + (
                select {% for id in hits_needing() %}{{ hits_hash(["'" ~ id ~ "'", 'has_' ~ id]) }}{{ ' + ' if not loop.last }}{% endfor %}
                from {{ ref('int_hits__allowed') }}
            ) as checksum
    ) as constant
    left join (
        select skc_id, sum({{ hits_hash(['zone_group', 'run_mask', '0']) }}) as checksum
        from {{ ref('int_hits__core_run') }}
        group by skc_id
    ) as run_mask on skc.skc_id = run_mask.skc_id
    union all
    select
        skc_id,
        post_date,
        {{ hits_hash([
            'store_code', 'channel_id', 'channel_group', 'region', 'is_presale', 'sale_date', 'gross_units', 'buyer_units',
            'ret_units', 'exch_units', 'orphan_units', 'fullprice_units', 'nocost_units', 'online_orders', 'tagged_amt', 'tag_amt',
            'exvat_amt', 'cogs_amt', 'live_units',
        ]) }}
    from {{ ref('int_hits__sale_event') }}
    union all
    select skc_id, closes_on, {{ hits_hash(['post_date', 'sale_date', 'gross_units', 'ret_units', 'exch_units']) }}
    from {{ ref('int_hits__sale_event') }}
    where closes_on is not null
    union all
    -- What rates of a category are made of: sales of all its SKCs, also before launch and after their life.
    select
        skc_id,
        sale_date,
        {{ hits_hash([
            'sale_line_id', 'channel_group', 'store_code', 'sku_id', 'sale_units', 'is_presale', 'is_excluded', 'is_gift',
        ]) }}
    from {{ ref('fct_sale_line') }}
    union all
    select skc_id, cancelled_date, {{ hits_hash(['sale_line_id', 'cancel_units', "'cancelled'"]) }}
    from {{ ref('fct_sale_line') }}
    where channel_group = 'online' and cancelled_date is not null
    union all
    -- Which SKCs a category has, from the day they count in it: its rates are shared by all of them.
    select 'category:' || coalesce(skc.category_l3, '-'), life.day, {{ hits_hash(['skc.skc_id', "'held'"]) }}
    from {{ ref('dim_skc') }} as skc
    inner join (
        select skc_id, min(day) as day
        from (
            select skc_id, min(sale_date) as day from {{ ref('fct_sale_line') }} group by skc_id
            union all
            select skc_id, min(valid_from) as day from {{ ref('fct_stock_interval') }} group by skc_id
        ) as known
        group by skc_id
    ) as life on skc.skc_id = life.skc_id
    union all
    select 'category:' || category_l3, launch_date, {{ hits_hash(['skc_id', "'launched'"]) }}
    from {{ ref('int_hits__skc') }}
    where launch_date is not null
    union all
    select
        skc_id,
        valid_from,
        {{ hits_hash(['store_code', 'sku_id', 'onhand_units', 'reserved_units', 'avail_units', 'transit_units']) }}
    from {{ ref('fct_stock_interval') }}
    union all
    select skc_id, valid_to, {{ hits_hash(['store_code', 'sku_id', 'avail_units', 'transit_units', '0']) }}
    from {{ ref('fct_stock_interval') }}
    where valid_to < date '9999-12-31'
    union all
    select
        skc_id,
        day,
        {{ hits_hash(hits_supply()) }}
    from {{ ref('int_hits__supply_event') }}
    union all
    -- Views and carts make rates of the category; who bought concerns the SKC alone.
    select skc_id, day, {{ hits_hash(['kind', 'people']) }}
    from {{ ref('int_hits__visitor') }}
    union all
    select 'buyers:' || skc_id, day, {{ hits_hash(['kind', 'people']) }}
    from {{ ref('int_hits__buyer') }}
    union all
    select skc_id, day_from, {{ hits_hash(['store_code', 'units', 'day_to', "'aged'"]) }}
    from {{ ref('int_hits__aged_transit') }}
    union all
    select skc_id, day, {{ hits_hash(['size_oos_views', "'size_oos'"]) }}
    from {{ ref('int_hits__size_oos') }}
    union all
    select skc.skc_id, promo.date_day, {{ hits_hash(['promo.event', "'promo'"]) }}
    from {{ ref('int_hits__skc') }} as skc
    inner join {{ ref('dim_date') }} as promo
        on promo.event is not null
        and promo.date_day > {{ hits_add_days('skc.row_from', -14) }} and promo.date_day <= skc.row_to
    union all
    select plan_key, day_from, {{ hits_hash(['store.store_code', 'store.region', 'store.zone_group']) }}
    from {{ ref('int_hits__eligible') }} as eligible
    inner join {{ ref('int_hits__store') }} as store on eligible.store_code = store.store_code
    union all
    select plan_key, day_to, {{ hits_hash(['store_code', '1']) }}
    from {{ ref('int_hits__eligible') }}
    union all
    select eligible.plan_key, missing.biz_date, {{ hits_hash(['missing.store_code', '2']) }}
    from {{ ref('int_hits__missing') }} as missing
    inner join {{ ref('int_hits__eligible') }} as eligible on missing.store_code = eligible.store_code
)

select key_id, day, cast(sum(checksum) as bigint) as checksum
from mark
group by key_id, day
union all
select '_as_of' as key_id, as_of_date as day, cast(0 as bigint) as checksum
from {{ source('bronze', '_run') }}
