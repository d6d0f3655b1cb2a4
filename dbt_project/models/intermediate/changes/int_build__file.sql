-- depends_on: {{ ref('int_build__fingerprint') }}
-- The files this build has seen. Built after every incremental fact: a build that fails half-way
-- leaves the old list, and the next one touches the same keys again.
select
    file_id,
    feed,
    batch
from {{ source('bronze', '_file') }}
