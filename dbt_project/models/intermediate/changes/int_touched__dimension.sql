-- Keys of prices, costs, barcodes, stores, identities and settings that changed since the last
-- build, with the days on which the value differs. Empty on a first build: everything is touched.
{%- set before = last_built('intermediate', 'int_build__fingerprint') %}
{%- if before %}
with now_value as (
    select kind, key, valid_from, valid_to, value from {{ ref('int_build__fingerprint_now') }}
),

old_value as (
    select kind, key, valid_from, valid_to, value from {{ before }}
),

changed as (
    select
        now_value.kind,
        now_value.key,
        greatest(now_value.valid_from, old_value.valid_from) as valid_from,
        least(now_value.valid_to, old_value.valid_to) as valid_to
    from now_value
    inner join old_value
        on old_value.kind = now_value.kind
        and old_value.key = now_value.key
        and old_value.valid_from < now_value.valid_to
        and old_value.valid_to > now_value.valid_from
    where old_value.value <> now_value.value
    union
    select now_value.kind, now_value.key, now_value.valid_from, now_value.valid_to
    from now_value
    left join old_value on old_value.kind = now_value.kind and old_value.key = now_value.key
    where old_value.key is null and now_value.value <> 'none'
    union
    select old_value.kind, old_value.key, old_value.valid_from, old_value.valid_to
    from old_value
    left join now_value on now_value.kind = old_value.kind and now_value.key = old_value.key
    where now_value.key is null and old_value.value <> 'none'
)

select
    kind,
    key,
    valid_from,
    valid_to
from changed
{%- else %}
select
    kind,
    key,
    valid_from,
    valid_to
from {{ ref('int_build__fingerprint_now') }}
where 1 = 0
{%- endif %}
