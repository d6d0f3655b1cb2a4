-- Page and cart events to recompute: those of new files, and those whose account or barcode became another.
-- depends_on: {{ ref('int_touched__scope') }}
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ source('bronze', 'ec_event') }}
{%- if is_delta('facts') %}
with changed as (
    select kind, key from {{ ref('int_changes__facts') }} where kind in ('barcode', 'identity')
)

select event_id
from {{ source('bronze', 'ec_event') }}
where (select is_full from {{ ref('int_touched__scope') }})
    or _file_id in (select file_id from {{ ref('int_touched__file') }})
    or barcode in (select key from changed where kind = 'barcode')
    or user_id_key in (select substr(key, 6) from changed where kind = 'identity' and key like 'user:%')
union
select event_id
from {{ last_built('facts', 'core', 'fct_event') }}
where (select is_full from {{ ref('int_touched__scope') }})
{%- else %}
select cast(null as string) as event_id
from {{ ref('int_changes__facts') }}
where 1 = 0
{%- endif %}
