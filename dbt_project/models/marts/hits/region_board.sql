{#
  The hit board by region at the last closed business day: what stores of the region have and sell. Online
  sales and DC stock belong to no region. A region with too few store files of the day is dq_blocked.
#}
with part as (
    select
        region_now.skc_id,
        region_now.as_of_date,
        region_now.region,
        {{ hits_part_columns(hits_region_indicators(), hits_region_definitions()) }},
        region_now.eligible_stores,
        region_now.avail_units,
        region_now.transit_units,
        cast(cast(region_now.covered_stores as double) / nullif(region_now.eligible_stores, 0) as decimal(18, 6)) as coverage
    from {{ ref('int_hits__region_now') }} as region_now
    cross join {{ ref('int_hits__config') }} as config
),

stated as (
    select
        part.*,
        {% for id, value_type, num_type, den_type in hits_region_indicators() -%}
        {{ hits_part_status(id, id, 'part.coverage < config.coverage_min') }}
        {{- ',' if not loop.last }}
        {% endfor %}
    from part
    cross join {{ ref('int_hits__allowed') }} as allowed
    cross join {{ ref('int_hits__config') }} as config
)

select
    stated.skc_id,
    stated.as_of_date,
    stated.region,
    style.style_name,
    style.season_name,
    style.band,
    style.category_l1,
    style.category_l2,
    style.category_l3,
    skc.color_name,
    skc.launch_date,
    {{ hits_stated_columns(hits_region_indicators(), 'stated') }}
    cast(stated.eligible_stores as bigint) as eligible_stores,
    cast(stated.avail_units as bigint) as avail_units,
    cast(stated.transit_units as bigint) as transit_units,
    stated.coverage
from stated
inner join {{ ref('dim_skc') }} as skc on stated.skc_id = skc.skc_id
left join {{ ref('dim_style') }} as style on skc.style_id = style.style_id
