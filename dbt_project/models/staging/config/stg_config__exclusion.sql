-- The retailer's exclusion lists: who and what is kept out of units, or flagged.
select distinct  -- a list kept by hand repeats itself
    kind,
    key
from {{ source('bronze', '_config_exclusions') }}
where key is not null
