-- Store staff; a code that only sale lines know is a stub.
with used as (
    select distinct staff_code from {{ ref('fct_sale_line') }} where staff_code is not null  -- codes only
)

select
    staff_code,
    store_code,
    job,
    joined_on,
    left_on,
    false as is_stub
from {{ ref('stg_pos__staff') }}
union all
select
    used.staff_code,
    cast(null as string),
    cast(null as string),
    cast(null as date),
    cast(null as date),
    true
from used
left join {{ ref('stg_pos__staff') }} as staff on staff.staff_code = used.staff_code
where staff.staff_code is null
