{#
  What this build of the hit models has taken in, for the next one to compare with. Built after every
  incremental hit table, the last of which is hits.daily: a build that fails before leaves the old state, and
  the next one recomputes the same rows. Tables that are built whole each time need not wait for it.
#}
-- depends_on: {{ ref('daily') }}
select key_id, day, checksum
from {{ ref('int_hits__source_day') }}
