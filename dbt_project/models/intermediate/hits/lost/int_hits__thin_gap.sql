{# Gaps to be rated in this run that sold too little before to have a rate of their own. #}
select
    gap.skc_id,
    gap.store_code,
    gap.sku_id,
    gap.gap_from,
    coalesce(skc.category_l3, '-') as category_l3,
    coalesce(size.size_code, '-') as size_code
from {{ ref('int_hits__gap') }} as gap
inner join {{ ref('int_hits__touched') }} as touched
    on gap.skc_id = touched.skc_id and gap.gap_from >= touched.gap_calc_from
inner join {{ ref('dim_skc') }} as skc on gap.skc_id = skc.skc_id
cross join {{ ref('int_hits__config') }} as config
left join {{ ref('int_hits__size') }} as size on gap.sku_id = size.sku_id
where gap.rate_units < config.lost_min_units
