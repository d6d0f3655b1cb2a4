{{ config(pre_hook="{{ forget_unless_delta('facts') }}") }}
-- Files that the last build had not seen, and those it had seen that are gone or another (held back,
-- erased). The list of files and not the batch number decides: a file that was held back and released keeps
-- its old batch number. First of all models: identities are read of new files, before anything else.
{%- set before = last_built('facts', 'intermediate', memory_of('facts')) %}
with fresh as (
    {{ watched_part(source('bronze', '_file'), file_watch()) }}
),

seen as (
    {%- if before %}
    select key, checksum from {{ before }} where kind = 'file'
    {%- else %}
    select key, checksum from fresh
    {%- endif %}
)

select
    split_part(coalesce(fresh.key, seen.key), '|', 1) as feed,
    split_part(coalesce(fresh.key, seen.key), '|', 2) as file_id,
    seen.key is not null as is_gone
from fresh
full outer join seen on seen.key = fresh.key
where seen.checksum is distinct from fresh.checksum
