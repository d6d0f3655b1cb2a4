{# The hit board: hits.daily at the last closed business day, with the labels a dashboard shows. #}
with open_reorder as (
    select po.skc_id, min(coalesce(po.latest_date, po.first_promised_date)) as reorder_eta_date
    from {{ ref('fct_po_line') }} as po
    cross join {{ source('bronze', '_run') }} as run
    where po.po_type = 'reorder' and po.order_date <= run.as_of_date
        and po.ordered_units - po.cancelled_units - po.received_units > 0
    group by po.skc_id
)

select
    daily.skc_id,
    daily.as_of_date,
    skc.style_id,
    style.style_name,
    skc.color_name,
    skc.color_family,
    style.brand,
    style.season_name,
    style.season_code,
    style.band,
    style.category_l1,
    style.category_l2,
    style.category_l3,
    style.gender,
    style.supplier_code,
    skc.launch_date,
    skc.launch_source,
    skc.launch_status,
    coalesce(style.is_carry_over, false) as is_carry_over,
    cast(price.tag_price as decimal(18, 2)) as tag_price,
    cast(case when daily.reorder_open_units > 0 then open_reorder.reorder_eta_date end as date) as reorder_eta_date,
    level.name_zh as level_zh,
    level.name_en as level_en,
    catalogue.name_zh as action_zh,
    catalogue.name_en as action_en,
    {% for name in hits_daily_columns() -%}
    daily.{{ name }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('daily') }} as daily
inner join {{ source('bronze', '_run') }} as run on daily.as_of_date = run.as_of_date
inner join {{ ref('dim_skc') }} as skc on daily.skc_id = skc.skc_id
left join {{ ref('dim_style') }} as style on skc.style_id = style.style_id
left join {{ ref('dim_price') }} as price
    on daily.skc_id = price.skc_id
    and daily.as_of_date >= price.valid_from and daily.as_of_date < price.valid_to
left join open_reorder on daily.skc_id = open_reorder.skc_id
left join {{ ref('hit_levels') }} as level on daily.level = level.level
left join {{ ref('hit_actions') }} as catalogue on {{ hits_action_words('daily') }} = catalogue.action
