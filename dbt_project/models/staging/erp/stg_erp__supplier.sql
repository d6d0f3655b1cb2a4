-- Suppliers: the latest version of each row.
with latest as (
    select *
    from {{ source('bronze', 'erp_supplier') }}
    {{ latest_version(['supplier_code']) }}
)

select
    latest.supplier_code,
    latest.supplier_name,
    latest.supplier_type,
    latest.grade,
    latest.region,
    latest.main_category,
    latest.monthly_capacity,
    latest.moq,
    latest.lead_days,
    latest.contract_end,
    latest.status,
    latest._file_id,
    latest._file_date,
    latest._batch
from latest
