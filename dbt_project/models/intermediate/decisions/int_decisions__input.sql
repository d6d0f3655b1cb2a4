{#
  What proposals and alerts are decided on, one row an SKC: its board row, what it could sell and must
  deliver, what its category counts as loyal, spikes and bursts. The suggested quantity rests on the forecast,
  before launch on earlier presales. Loyal: the repurchase rate and the share of repeat buyers at the configured
  rank among the category's SKCs on the board, or among all where the category has too few.
#}
{% set lines = {'repurchase_rate': 'repurchase_line', 'repeat_buyer_share': 'repeat_line'} %}
with board as (
    select daily.*, coalesce(skc.category_l3, '-') as category_l3
    from {{ ref('daily') }} as daily
    inner join {{ source('bronze', '_run') }} as run on daily.as_of_date = run.as_of_date
    inner join {{ ref('dim_skc') }} as skc on daily.skc_id = skc.skc_id
),

rated as (
    {% for rate in lines -%}
    select '{{ rate }}' as name, category_l3, {{ rate }} as rate from board where {{ rate }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

ranked as (
    select
        rated.*,
        cume_dist() over (partition by name, category_l3 order by rate nulls last) as rank_in_category,
        count(*) over (partition by name, category_l3) as category_skcs,
        cume_dist() over (partition by name order by rate nulls last) as rank_in_all,
        count(*) over (partition by name) as all_skcs
    from rated
),

category_line as (
    select ranked.name, ranked.category_l3, min(ranked.rate) as line
    from ranked
    cross join {{ ref('int_hits__config') }} as config
    where ranked.rank_in_category >= config.alert_loyal_rank and ranked.category_skcs >= config.peers_min
    group by ranked.name, ranked.category_l3
),

all_line as (
    select ranked.name, min(ranked.rate) as line
    from ranked
    cross join {{ ref('int_hits__config') }} as config
    where ranked.rank_in_all >= config.alert_loyal_rank and ranked.all_skcs >= config.peers_min
    group by ranked.name
),

concerned as (
    select skc_id from board
    union
    select skc_id from {{ ref('int_decisions__trigger') }}
),

row_ as (
    select
        concerned.skc_id,
        run.as_of_date,
        coalesce(board.level, 'unjudged') as level,
        board.stage,
        board.days_since_launch as age,
        board.days_since_launch_status = 'pre_launch' as is_pre_launch,
        board.lifecycle_progress as progress,
        board.presale_ratio,
        board.presale_ratio_num as presale_units,
        board.presale_ratio_den as first_order,
        board.presale_due_units as presale_due,
        board.weeks_of_supply,
        board.wow_growth,
        board.repurchase_rate,
        board.repeat_buyer_share,
        coalesce(',' || board.actions || ',' like '%,stop_reorder,%', false) as is_stop_reorder,
        coalesce(',' || board.actions || ',' like '%,reorder,%', false) as is_reorder,
        board.reorder_open_units as reorder_open,
        base.moq,
        skc.supplier_code,
        supplier.supplier_name,
        supplier.lead_days as supplier_lead_days,
        coalesce(supplier.lead_days, config.default_lead_days) as lead_days,
        cast(cast(coalesce(supplier.lead_days, config.default_lead_days) as double) / 7 as decimal(18, 2)) as lead_weeks,
        coalesce(skc.category_l3, '-') as category_l3,
        demand.skc_id is not null as is_by_presale,
        case when demand.skc_id is not null then demand.horizon_days
            else coalesce(supplier.lead_days, config.default_lead_days) + config.reorder_review_days end as horizon_days,
        cast(coalesce(demand.horizon_units, base.horizon_units) as decimal(18, 4)) as demand_units,
        {{ hits_sellable('base') }} as sellable_units,
        board.suggested_reorder_units,
        config.safety_units,
        sudden.spike_day,
        sudden.units_3d,
        sudden.units_before,
        sudden.burst_day,
        sudden.orders
    from concerned
    cross join {{ source('bronze', '_run') }} as run
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('dim_skc') }} as skc on concerned.skc_id = skc.skc_id
    left join board on concerned.skc_id = board.skc_id
    left join {{ ref('int_hits__base') }} as base
        on board.skc_id = base.skc_id and board.as_of_date = base.as_of_date
    left join {{ ref('dim_supplier') }} as supplier on skc.supplier_code = supplier.supplier_code
    left join {{ ref('int_decisions__presale_demand') }} as demand on concerned.skc_id = demand.skc_id
    left join {{ ref('int_decisions__trigger') }} as sudden on concerned.skc_id = sudden.skc_id
)

select
    row_.skc_id, row_.as_of_date, row_.level, row_.stage, row_.age, row_.is_pre_launch, row_.progress,
    row_.presale_ratio, row_.presale_units, row_.first_order, row_.presale_due, row_.weeks_of_supply,
    row_.wow_growth, row_.repurchase_rate, row_.repeat_buyer_share, row_.is_stop_reorder,
    row_.is_reorder, row_.reorder_open, row_.moq, row_.supplier_code, row_.supplier_name,
    row_.supplier_lead_days, row_.lead_days, row_.lead_weeks, row_.is_by_presale, row_.horizon_days,
    row_.demand_units, row_.sellable_units, row_.spike_day, row_.units_3d, row_.units_before,
    row_.burst_day, row_.orders,
    case
        when not row_.is_by_presale then row_.suggested_reorder_units
        when row_.demand_units + row_.presale_due + row_.safety_units <= row_.sellable_units then 0
        else greatest(
            cast(ceil(row_.demand_units + row_.presale_due + row_.safety_units - row_.sellable_units) as bigint),
            coalesce(row_.moq, 1)
        )
    end as suggested_units,
    {% for rate, line in lines.items() -%}
    coalesce({{ rate }}_line.line, {{ rate }}_all.line) as {{ line }}{{ ',' if not loop.last }}
    {% endfor %}
from row_
{% for rate in lines -%}
left join category_line as {{ rate }}_line
    on row_.category_l3 = {{ rate }}_line.category_l3 and {{ rate }}_line.name = '{{ rate }}'
left join all_line as {{ rate }}_all on {{ rate }}_all.name = '{{ rate }}'
{% endfor %}
