-- Members: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'crm_member') }}
    {{ latest_version(['member_no'], ['modified_at']) }}
)

select
    latest.member_no,
    latest.phone_key,
    latest.email_key,
    latest.gender,
    latest.birth_year,
    latest.birth_month,
    latest.tier,
    latest.tier_until,
    latest.points,
    latest.stored_value_amt,
    coalesce(open_store_map.new_code, latest.open_store) as open_store,
    coalesce(service_store_map.new_code, latest.service_store) as service_store,
    latest.joined_at,
    latest.channel,
    latest.openid_key,
    latest.unionid_key,
    latest.platform_nick_key,
    latest.status,
    latest.merged_into,
    latest.modified_at,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
{{ map_join('store', 'latest.open_store', 'open_store_map') }}
{{ map_join('store', 'latest.service_store', 'service_store_map') }}
