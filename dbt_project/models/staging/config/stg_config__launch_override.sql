-- Launch dates set by hand; the latest wins if one style-colour is listed twice.
select
    skc_id,
    max(launch_date) as launch_date
from {{ source('bronze', '_config_launch_overrides') }}
where launch_date is not null
group by skc_id
