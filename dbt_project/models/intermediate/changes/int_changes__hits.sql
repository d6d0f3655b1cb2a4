-- Keys of what hit rows are made of whose rows are not what they were.
-- depends_on: {{ ref('int_changes__hits_now') }}
with changed as (
    {{ changed_keys('hits') }}
)

select
    kind,
    key,
    from_day,
    dated_from,
    is_gone
from changed
