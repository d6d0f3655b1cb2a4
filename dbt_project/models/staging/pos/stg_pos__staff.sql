-- Store staff: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'pos_staff') }}
    {{ latest_version(['staff_code']) }}
)

select
    coalesce(staff_map.new_code, latest.staff_code) as staff_code,
    coalesce(store_map.new_code, latest.store_code) as store_code,
    latest.job,
    latest.joined_on,
    latest.left_on,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('staff', 'latest.staff_code', 'staff_map') }}
{{ map_join('store', 'latest.store_code', 'store_map') }}
-- Codes that were merged into one another give one row: the one under the code that counts.
qualify row_number() over (
    partition by coalesce(staff_map.new_code, latest.staff_code)
    order by
        case when latest.staff_code = coalesce(staff_map.new_code, latest.staff_code) then 0 else 1 end nulls last,
        latest._file_date desc nulls last, latest.staff_code nulls last
) = 1
