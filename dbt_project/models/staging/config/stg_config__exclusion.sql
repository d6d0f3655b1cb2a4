-- Who and what is kept out of units, or flagged: the settings' list, and of the lists that land the
-- newest of each kind.
with landed as (
    select
        kind,
        excluded_key as key
    from {{ ref('stg_ops__exclusion') }}
    qualify dense_rank() over (
        partition by kind order by _file_date desc nulls last, _file_seq desc nulls last
    ) = 1
)

select
    kind,
    key
from {{ source('bronze', '_config_exclusions') }}
where key is not null
union
select
    kind,
    key
from landed
