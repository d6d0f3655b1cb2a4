-- Keys of files, settings and full tables whose rows are not what the last build took in.
-- depends_on: {{ ref('int_changes__facts_now') }}
with changed as (
    {{ changed_keys('facts') }}
)

select
    kind,
    key,
    from_day,
    dated_from,
    is_gone
from changed
