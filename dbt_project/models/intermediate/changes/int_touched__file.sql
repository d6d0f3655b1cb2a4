-- Files that the last build had not seen. The list of files and not the batch number decides: a
-- file that was held back and released keeps its old batch number.
{%- set before = last_built('intermediate', 'int_build__file') %}
select
    file.file_id,
    file.feed,
    file.file_date,
    file.file_seq,
    file.batch
from {{ source('bronze', '_file') }} as file
{%- if before %}
left join {{ before }} as seen on seen.file_id = file.file_id and seen.feed = file.feed
where seen.file_id is null
{%- endif %}
