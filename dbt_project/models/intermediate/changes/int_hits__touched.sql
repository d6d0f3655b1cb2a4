{#
  For each SKC the days it has rows for and from which of them on they are recomputed: measures
  (calc_from) and what compares with others (score_from). A later date than row_to means nothing to do.
  The last day of the previous build is always recomputed, since held files block the last day only.
#}
-- depends_on: {{ ref('int_changes__hits_now') }}
{% set seen = last_built('hits', 'intermediate', memory_of('hits')) %}
with changed as (
    {{ changed_keys('hits') }}
),

-- A day of the last build and the day from which a change concerns all.
every as (
    select
        {% if seen is none -%}
        date '1900-01-01' as as_of_date,
        date '1900-01-01' as from_day
        {%- else -%}
        (select max(day) from {{ seen }} where kind = 'as_of') as as_of_date,
        (select coalesce(min(from_day), date '9999-12-31') from changed where kind = 'all') as from_day
        {%- endif %}
),

by_skc as (
    select skc_id, min(from_day) as from_day
    from (
        select key as skc_id, from_day from changed where kind in ('skc', 'goods')
        union all
        select stock.skc_id, min(stock.valid_from)
        from changed
        inner join {{ ref('fct_stock_interval') }} as stock on changed.key = stock.store_code
        where changed.kind = 'place'
        group by stock.skc_id
    ) as own
    group by skc_id
),

aimed as (
    select
        skc.skc_id, skc.row_from, skc.row_to, skc.is_judged, skc.launch_date, skc.category_l3,
        skc.season_code, skc.season_no,
        greatest(
            skc.row_from,
            least(
                every.as_of_date,
                every.from_day,
                coalesce(by_skc.from_day, date '9999-12-31'),
                coalesce(by_plan.from_day, date '9999-12-31')
            )
        ) as shared_from,
        greatest(skc.row_from, coalesce(by_buyers.from_day, date '9999-12-31')) as buyers_from,
        coalesce(least(by_skc.from_day, every.from_day) = date '1900-01-01', false) as is_whole
    from {{ ref('int_hits__skc') }} as skc
    cross join every
    left join by_skc on skc.skc_id = by_skc.skc_id
    left join changed as by_plan on by_plan.kind = 'plan' and skc.plan_key = by_plan.key
    left join changed as by_buyers on by_buyers.kind = 'buyers' and skc.skc_id = by_buyers.key
),

-- What changed for others too (shared_from), and for the SKC itself.
own as (
    select *, least(shared_from, buyers_from) as calc_from
    from aimed
),

-- Rates of a category are shared: a change in any of its SKCs concerns all from that day on.
category as (
    select category_l3, min(from_day) as from_day
    from (
        select category_l3, shared_from as from_day from own where shared_from <= row_to
        union all
        select skc.category_l3, case when changed.kind = 'goods' then changed.from_day else changed.dated_from end
        from changed
        inner join {{ ref('int_hits__category') }} as skc on changed.key = skc.skc_id
        where changed.kind = 'goods' or (changed.kind = 'skc' and changed.dated_from is not null)
        union all
        select key, from_day from changed where kind = 'category'
    ) as shared
    group by category_l3
),

-- A changed peer whose life is over changes the curves, and so every day; another the days of its age on.
peer as (
    select
        own.season_code,
        own.season_no + later.seasons as season_no,
        min(case
            when {{ hits_add_days('own.row_to', 1) }} <= season.season_start then 0
            else {{ hits_days('own.launch_date', 'own.shared_from') }}
        end) as days_after_launch
    from own
    cross join (select 1 as seasons union all select 2 as seasons) as later
    inner join (
        select distinct season_code, season_no, season_start from {{ ref('int_hits__season') }}  -- many SKCs a season
    ) as season
        on own.season_code = season.season_code and own.season_no + later.seasons = season.season_no
    where own.shared_from <= own.row_to and own.is_judged
    group by own.season_code, own.season_no + later.seasons
),

scored as (
    select
        own.skc_id,
        own.row_from,
        own.row_to,
        own.calc_from,
        own.is_whole,
        own.is_judged,
        greatest(
            own.row_from,
            least(
                own.calc_from,
                coalesce(category.from_day, date '9999-12-31'),
                coalesce(min({{ hits_add_days('own.launch_date', 'peer.days_after_launch') }}), date '9999-12-31')
            )
        ) as score_from
    from own
    left join category on own.category_l3 = category.category_l3
    left join peer
        on own.season_code = peer.season_code and own.season_no = peer.season_no and own.is_judged
    group by own.skc_id, own.row_from, own.row_to, own.calc_from, own.is_whole, own.is_judged, category.from_day
),

-- Units lost look back 28 days, also from the first row of an SKC whose rows begin long after its life did.
looking_back as (
    select
        scored.*,
        case when is_judged then row_from else {{ hits_add_days('row_from', -27) }} end as lost_row_from
    from scored
)

select
    skc_id,
    row_from,
    row_to,
    calc_from,
    score_from,
    lost_row_from,
    case when score_from = row_from then lost_row_from else score_from end as lost_calc_from,
    date '1900-01-01' as gap_row_from,
    case when is_whole or score_from = row_from then date '1900-01-01' else score_from end as gap_calc_from
from looking_back
