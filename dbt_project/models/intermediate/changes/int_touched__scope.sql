-- One row: is everything touched? So in a whole build, when a setting changed, and when a file that was
-- built in is gone or another (held back, erased): which keys it held can no longer be read.
-- depends_on: {{ ref('int_changes__facts') }}
-- depends_on: {{ ref('int_touched__file') }}
{%- if is_delta('facts') %}
with found as (
    select
        (select count(*) from {{ ref('int_touched__file') }} where is_gone) as files,
        (select count(*) from {{ ref('int_changes__facts') }} where kind = 'setting') as settings
)

select
    files + settings > 0 as is_full,
    case
        when files > 0 then 'a file of the last build is gone'
        when settings > 0 then 'a setting changed'
        else 'new files only'
    end as reason
from found
{%- else %}
select
    true as is_full,
    'first build or full refresh' as reason
{%- endif %}
