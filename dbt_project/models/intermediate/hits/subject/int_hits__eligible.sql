{#
  Eligible stores (rule D7) of each plan, with the days from which and until which they count. A plan
  is one SKC's, or '*': every open store, for SKCs without a plan. The plan names its stores one by
  one, so price zone and climate are in it.
#}
select distinct  -- an SKC may be planned for the same store in several seasons
    store_plan.skc_id as plan_key,
    store.store_code,
    store.open_from as day_from,
    store.open_to as day_to
from {{ ref('fct_store_plan') }} as store_plan
inner join {{ ref('int_hits__store') }} as store on store_plan.store_code = store.store_code
union all
select '*' as plan_key, store_code, open_from as day_from, open_to as day_to
from {{ ref('int_hits__store') }}
