-- depends_on: {{ ref('daily') }}
-- What this build of the hit rows has taken in; the next one compares with it. Built after every
-- incremental hit model.
select
    kind,
    key,
    day,
    checksum
from {{ ref('int_changes__hits_now') }}
