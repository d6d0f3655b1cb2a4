{#
  Score and level of each launched SKC and day (incremental). A level is taken over after two judged days
  in a row with the same rank class; level_state and rank_state carry it over days without a score.
#}
-- depends_on: {{ ref('int_hits__touched') }}
{{ config(materialized='incremental', incremental_strategy='hits_days', on_schema_change='fail',
          meta={'stage': 'hits', 'from_column': 'score_from'}) }}
{% set parts = ['store_day', 'active', 'cum', 'gain', 'week', 'price'] %}
with fresh as (
    select
        score.*,
        case
            when score.score_rank is null then null
            when score.score_rank >= config.level_hit
                and skc_day.cum_net >= config.floor_net_units
                and (skc_day.active_stores >= config.floor_selling_stores
                    or skc_day.w7_online_orders >= config.floor_online_orders)
                and {{ hits_ratio('skc_day.cum_amt', 'skc_day.cum_tag') }} >= config.floor_discount
                then 'hit'
            when score.score_rank >= config.level_strong then 'strong'
            when score.score_rank >= config.level_normal then 'normal'
            else 'slow'
        end as rank_level
    from {{ ref('int_hits__peer_score') }} as score
    inner join {{ ref('int_hits__skc_day') }} as skc_day
        on score.skc_id = skc_day.skc_id and score.as_of_date = skc_day.as_of_date
    cross join {{ ref('int_hits__config') }} as config
),

{% if is_incremental() %}
before as (
    select this.skc_id, max(this.as_of_date) as as_of_date
    from {{ this }} as this
    inner join {{ ref('int_hits__touched') }} as touched
        on this.skc_id = touched.skc_id and this.as_of_date < touched.score_from
    where this.rank_state is not null
    group by this.skc_id
),
{% endif %}

judged as (
    select skc_id, as_of_date, rank_level, cast(null as {{ dbt.type_string() }}) as level_before
    from fresh
    where rank_level is not null
    {% if is_incremental() %}
    union all
    select this.skc_id, this.as_of_date, this.rank_state, this.level_state
    from {{ this }} as this
    inner join before on this.skc_id = before.skc_id and this.as_of_date = before.as_of_date
    {% endif %}
),

confirmed as (
    select
        skc_id,
        as_of_date,
        rank_level,
        row_number() over of_skc as judged_no,
        case
            when level_before is not null then level_before
            when lag(rank_level) over of_skc is null then rank_level
            when lag(rank_level) over of_skc = rank_level then rank_level
        end as confirmed_level
    from judged
    window of_skc as (partition by skc_id order by as_of_date nulls last)
),

held as (
    select
        skc_id,
        as_of_date,
        judged_no,
        rank_level,
        count(confirmed_level) over (partition by skc_id order by judged_no nulls last) as confirmed_no,
        confirmed_level
    from confirmed
),

state as (
    select
        skc_id,
        as_of_date as state_from,
        coalesce(lead(as_of_date) over (partition by skc_id order by judged_no nulls last), date '9999-12-31') as state_to,
        rank_level as rank_state,
        max(confirmed_level) over (partition by skc_id, confirmed_no) as level_state
    from held
)

select
    fresh.skc_id,
    fresh.as_of_date,
    fresh.peer_group,
    fresh.peer_skcs,
    fresh.peer_median_units,
    {% for part in parts -%}
    fresh.p_{{ part }},
    {% endfor -%}
    fresh.score,
    fresh.score_rank,
    fresh.rank_level,
    state.rank_state,
    state.level_state
from fresh
left join state
    on fresh.skc_id = state.skc_id
    and fresh.as_of_date >= state.state_from and fresh.as_of_date < state.state_to
