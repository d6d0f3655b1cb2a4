-- Cards and platform accounts whose identities are read again: those of a row in a new file, and of earlier
-- versions of its order; all of them when a file is gone.
-- depends_on: {{ ref('int_touched__file') }}
-- depends_on: {{ source('bronze', 'crm_member') }}
-- depends_on: {{ source('bronze', 'ec_order') }}
{%- if is_delta('facts') %}
with new_file as (
    select file_id from {{ ref('int_touched__file') }}
),

scope as (
    select count(*) > 0 as is_full from {{ ref('int_touched__file') }} where is_gone
)

select 'card:' || member_no as node
from {{ source('bronze', 'crm_member') }}
where (select is_full from scope) or _file_id in (select file_id from new_file)
union
select 'user:' || buyer_id_key
from {{ source('bronze', 'ec_order') }}
where buyer_id_key is not null
    and (
        (select is_full from scope)
        or (platform, order_no) in (
            select platform, order_no from {{ source('bronze', 'ec_order') }}
            where _file_id in (select file_id from new_file)
        )
    )
union
select node_a
from {{ last_built('facts', 'intermediate', 'int_identity__pair') }}
where (select is_full from scope)
{%- else %}
select file_id as node
from {{ ref('int_touched__file') }}
where 1 = 0
{%- endif %}
