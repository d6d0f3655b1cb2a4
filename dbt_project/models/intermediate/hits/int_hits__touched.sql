{#
  For each SKC the days it has rows for and from which of them on they are recomputed: measures
  (calc_from) and what compares with others (score_from). A later date than row_to means nothing to do.
  The last day of the previous build is always recomputed, since held files block the last day only.
#}
-- depends_on: {{ ref('int_hits__source_day') }}
{% set seen = hits_seen() %}
with changed as (
    {% if seen is none %}
    select skc_id as key_id, date '1900-01-01' as from_day from {{ ref('int_hits__skc') }}
    {% else %}
    select coalesce(fresh.key_id, seen.key_id) as key_id, min(coalesce(fresh.day, seen.day)) as from_day
    from {{ ref('int_hits__source_day') }} as fresh
    full outer join {{ seen }} as seen on fresh.key_id = seen.key_id and fresh.day = seen.day
    where fresh.checksum is distinct from seen.checksum and coalesce(fresh.key_id, seen.key_id) <> '_as_of'
    group by coalesce(fresh.key_id, seen.key_id)
    {% endif %}
),

last_build as (
    {% if seen is none %}
    select date '1900-01-01' as as_of_date
    {% else %}
    select max(day) as as_of_date from {{ seen }} where key_id = '_as_of'
    {% endif %}
),

own as (
    select
        skc.skc_id, skc.row_from, skc.row_to, skc.is_judged, skc.launch_date, skc.category_l3,
        skc.season_code, skc.season_no,
        greatest(
            skc.row_from,
            least(
                last_build.as_of_date,
                coalesce(by_skc.from_day, date '9999-12-31'),
                coalesce(by_plan.from_day, date '9999-12-31')
            )
        ) as calc_from
    from {{ ref('int_hits__skc') }} as skc
    cross join last_build
    left join changed as by_skc on skc.skc_id = by_skc.key_id
    left join changed as by_plan on skc.plan_key = by_plan.key_id
),

category as (
    select category_l3, min(calc_from) as from_day
    from own
    where calc_from <= row_to and is_judged
    group by category_l3
),

peer as (
    select
        own.season_code,
        own.season_no + later.seasons as season_no,
        min({{ hits_days('own.launch_date', 'own.calc_from') }}) as days_after_launch
    from own
    cross join (select 1 as seasons union all select 2 as seasons) as later
    where own.calc_from <= own.row_to and own.is_judged
    group by own.season_code, own.season_no + later.seasons
)

select
    own.skc_id,
    own.row_from,
    own.row_to,
    own.calc_from,
    greatest(
        own.row_from,
        least(
            own.calc_from,
            coalesce(category.from_day, date '9999-12-31'),
            coalesce(min({{ hits_add_days('own.launch_date', 'peer.days_after_launch') }}), date '9999-12-31')
        )
    ) as score_from
from own
left join category on own.category_l3 = category.category_l3 and own.is_judged
left join peer
    on own.season_code = peer.season_code and own.season_no = peer.season_no and own.is_judged
group by own.skc_id, own.row_from, own.row_to, own.calc_from, category.from_day
