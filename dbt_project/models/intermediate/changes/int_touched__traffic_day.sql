-- Days whose store traffic is recomputed: those in new files.
-- depends_on: {{ ref('int_touched__scope') }}
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ source('bronze', 'pos_traffic') }}
{%- if is_delta('facts') %}
select biz_date
from {{ source('bronze', 'pos_traffic') }}
where (select is_full from {{ ref('int_touched__scope') }})
    or _file_id in (select file_id from {{ ref('int_touched__file') }})
union
select biz_date
from {{ last_built('facts', 'core', 'fct_traffic_hour') }}
where (select is_full from {{ ref('int_touched__scope') }})
{%- else %}
select cast(null as date) as biz_date
from {{ ref('int_touched__scope') }}
where 1 = 0
{%- endif %}
