{#
  Pieces a day that a gap is expected to lose before substitution, by the day it began (incremental: what
  was expected when the gap began doesn't change). Own rate of the size in the store; with too few pieces
  the category's rate in the store for one stocked SKC times the size's share.
#}
-- depends_on: {{ ref('int_hits__touched') }}
{{ config(materialized='incremental', incremental_strategy='hits_days', on_schema_change='fail',
          meta={'from_column': 'gap_calc_from', 'first_column': 'gap_row_from'}) }}
select
    gap.skc_id,
    gap.gap_from as as_of_date,
    gap.store_code,
    gap.sku_id,
    case when thin.skc_id is null then 'own' else 'category' end as rate_source,
    cast(coalesce(
        case
            when thin.skc_id is null then cast(gap.rate_units as double) / nullif(gap.rate_days, 0)
            else cast(sold.store_units as double) / nullif(stocked.stocked_days, 0)
                * (cast(sold.size_units as double) / nullif(sold.category_units, 0))
        end, 0
    ) as decimal(28, 12)) as daily_units
from {{ ref('int_hits__gap') }} as gap
inner join {{ ref('int_hits__touched') }} as touched
    on gap.skc_id = touched.skc_id and gap.gap_from >= touched.gap_calc_from
left join {{ ref('int_hits__thin_gap') }} as thin
    on gap.skc_id = thin.skc_id and gap.store_code = thin.store_code
    and gap.sku_id = thin.sku_id and gap.gap_from = thin.gap_from
left join {{ ref('int_hits__category_stocked') }} as stocked
    on thin.category_l3 = stocked.category_l3 and thin.store_code = stocked.store_code
    and thin.gap_from = stocked.gap_from
left join {{ ref('int_hits__category_sold') }} as sold
    on thin.category_l3 = sold.category_l3 and thin.store_code = sold.store_code
    and thin.size_code = sold.size_code and thin.gap_from = sold.gap_from
