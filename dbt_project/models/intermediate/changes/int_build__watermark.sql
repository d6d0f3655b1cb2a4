-- depends_on: {{ ref('int_changes__facts_seen') }}
-- One row: how far the warehouse has been built. The last model of staging and core.
select
    coalesce(max(batch), 0) as last_batch,
    cast(count(*) as bigint) as files
from {{ source('bronze', '_file') }}
