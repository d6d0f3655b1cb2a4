-- Stock snapshots to read, one row a location (by the code it had then) and day: those from the day on
-- which anything is recomputed there (is_checked), and the one before, whose values hold until then. Where
-- everything is touched also what was compared and may be gone, without a source.
-- depends_on: {{ ref('int_touched__scope') }}
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ ref('int_touched__stock') }}
with taken as (
    select distinct  -- any version of a row tells: which of them counts doesn't matter here
        coalesce(store_map.new_code, snap.store_code) as store_code,
        snap.store_code as source_store_code,
        snap.snap_date
        {%- if is_delta('facts') %},
        snap._file_id in (select file_id from {{ ref('int_touched__file') }}) as is_new
        {%- endif %}
    from {{ source('bronze', 'erp_stock_snap') }} as snap
    {{ map_join('store', 'snap.store_code', 'store_map') }}
)
{%- if is_delta('facts') %},

since as (
    select store_code, min(day) as day
    from (
        select store_code, from_day as day from {{ ref('int_touched__stock') }}
        union all
        select store_code, snap_date from taken where is_new
    ) as recomputed
    group by store_code
),

before as (
    select
        since.store_code,
        since.day,
        max(case when taken.snap_date < since.day then taken.snap_date end) as snap_date
    from since
    inner join taken on taken.store_code = since.store_code
    group by since.store_code, since.day
)

select distinct  -- a day may be in an old file and a new one
    taken.store_code,
    taken.source_store_code,
    taken.snap_date,
    taken.snap_date >= before.day as is_checked
from taken
inner join before on before.store_code = taken.store_code
where taken.snap_date >= coalesce(before.snap_date, before.day)
union all
select distinct store_code, cast(null as string), snap_date, true  -- what was compared and may be gone
from {{ last_built('facts', 'core', 'fct_stock_check') }}
where (select is_full from {{ ref('int_touched__scope') }})
{%- else %}

select
    store_code,
    source_store_code,
    snap_date,
    true as is_checked
from taken
{%- endif %}
