{#
  The running business day by SKC: pieces and amounts so far beside the same hour of yesterday and of a week
  ago, sizes and stores that sold out since opening, and the alerts of the day. Preliminary: the board counts
  the day once it is closed.
#}
with clock as (
    select
        run.now_at,
        run.as_of_date,
        {{ hits_add_days('run.as_of_date', 1) }} as business_date,
        {{ hits_seconds('run.now_at') }} as now_seconds
    from {{ source('bronze', '_run') }} as run
),

sold as (
    select
        line.skc_id,
        {% for name, day, back in [('', 'clock.business_date', 0), ('_yesterday', 'clock.as_of_date', 1),
                                   ('_week_ago', hits_add_days('clock.as_of_date', -6), 7)] -%}
        cast(sum(case when line.sale_date = {{ day }}
            {%- if back %} and coalesce({{ hits_seconds('line.sold_at') }}, 0) <= clock.now_seconds - 86400 * {{ back }}{% endif %}
            then line.units else 0 end) as bigint) as units{{ name }},
        {% endfor -%}
        cast(sum(case when line.is_running then line.amt else 0 end) as decimal(18, 2)) as sale_amt,
        cast(sum(case when line.is_running and line.channel_group = 'store' then line.units else 0 end) as bigint) as store_units,
        cast(sum(case when line.is_running and line.channel_group = 'online' then line.units else 0 end) as bigint) as online_units,
        cast(sum(case when line.is_running and line.is_presale then line.units else 0 end) as bigint) as presale_units,
        cast(count(distinct case when line.is_running then line.order_id end) as bigint) as orders,
        cast(count(distinct case when line.is_running then line.store_code end) as bigint) as selling_stores,
        max(case when line.is_running then line.sold_at end) as last_sold_at
    from {{ ref('int_decisions__line') }} as line
    cross join clock
    group by line.skc_id
),

returned as (
    select ret.skc_id, cast(sum(ret.ret_units) as bigint) as ret_units, cast(sum(ret.ret_amt) as decimal(18, 2)) as ret_amt
    from {{ ref('fct_return_line') }} as ret
    inner join clock on ret.post_date = clock.business_date
    where not ret.is_excluded
    group by ret.skc_id
),

by_store as (
    select
        stock.skc_id,
        stock.store_code,
        shop.store_code is not null as is_shop,
        sum(stock.opening_units) as opening_units,
        sum(stock.avail_units) as avail_units,
        sum(case when stock.opening_units > 0 and stock.avail_units = 0 then 1 else 0 end) as sold_out_sizes
    from {{ ref('int_decisions__running_stock') }} as stock
    left join {{ ref('int_hits__store') }} as shop on stock.store_code = shop.store_code
    group by stock.skc_id, stock.store_code, shop.store_code is not null
),

stock as (
    select
        skc_id,
        cast(sum(opening_units) as bigint) as opening_units,
        cast(sum(avail_units) as bigint) as avail_units,
        cast(sum(case when is_shop then sold_out_sizes else 0 end) as bigint) as sold_out_store_sizes,
        cast(sum(case when is_shop and opening_units > 0 and avail_units = 0 then 1 else 0 end) as bigint) as sold_out_stores
    from by_store
    group by skc_id
),

alert as (
    select skc_id, cast(count(*) as bigint) as alerts, max(rule_zh) as alert_zh, max(rule_en) as alert_en
    from {{ ref('proposals') }}
    inner join clock on trigger_date = clock.business_date
    where kind = 'alert'
    group by skc_id
),

concerned as (
    select sold.skc_id from sold where sold.units <> 0 or sold.orders > 0
    union
    select skc_id from returned
    union
    select skc_id from stock where sold_out_store_sizes > 0
)

select
    concerned.skc_id,
    clock.business_date,
    clock.as_of_date,
    clock.now_at as data_until,
    style.style_name,
    skc.color_name,
    style.season_name,
    style.category_l1,
    style.category_l3,
    skc.launch_date,
    board.level,
    coalesce(sold.units, 0) as units,
    coalesce(sold.units_yesterday, 0) as units_yesterday,
    coalesce(sold.units_week_ago, 0) as units_week_ago,
    coalesce(sold.sale_amt, 0) as sale_amt,
    coalesce(sold.store_units, 0) as store_units,
    coalesce(sold.online_units, 0) as online_units,
    coalesce(sold.presale_units, 0) as presale_units,
    coalesce(sold.orders, 0) as orders,
    coalesce(sold.selling_stores, 0) as selling_stores,
    sold.last_sold_at,
    coalesce(returned.ret_units, 0) as ret_units,
    coalesce(returned.ret_amt, 0) as ret_amt,
    coalesce(stock.opening_units, 0) as opening_units,
    coalesce(stock.avail_units, 0) as avail_units,
    coalesce(stock.sold_out_store_sizes, 0) as sold_out_store_sizes,
    coalesce(stock.sold_out_stores, 0) as sold_out_stores,
    coalesce(alert.alerts, 0) as alerts,
    alert.alert_zh,
    alert.alert_en
from concerned
cross join clock
inner join {{ ref('dim_skc') }} as skc on concerned.skc_id = skc.skc_id
left join {{ ref('dim_style') }} as style on skc.style_id = style.style_id
left join {{ ref('board') }} as board on concerned.skc_id = board.skc_id
left join sold on concerned.skc_id = sold.skc_id
left join returned on concerned.skc_id = returned.skc_id
left join stock on concerned.skc_id = stock.skc_id
left join alert on concerned.skc_id = alert.skc_id
