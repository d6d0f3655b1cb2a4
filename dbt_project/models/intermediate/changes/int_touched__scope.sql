-- One row: is everything touched? So on a first build, when a setting changed, and when a file that
-- was built in is gone (held back): which keys it held can no longer be read.
{%- set before = last_built('intermediate', 'int_build__file') %}
{%- if before %}
with gone as (
    select count(*) as files
    from {{ before }} as seen
    left join {{ source('bronze', '_file') }} as file
        on file.file_id = seen.file_id and file.feed = seen.feed
    where file.file_id is null
),

setting as (
    select count(*) as settings from {{ ref('int_touched__dimension') }} where kind = 'config'
)

select
    gone.files > 0 or setting.settings > 0 as is_full,
    case
        when gone.files > 0 then 'a file of the last build is gone'
        when setting.settings > 0 then 'a setting changed'
        else 'new files only'
    end as reason
from gone cross join setting
{%- else %}
-- depends_on: {{ ref('int_touched__dimension') }}
select
    true as is_full,
    'first build or full refresh' as reason
{%- endif %}
