-- Suppliers with lead time and minimum order.
select
    supplier_code,
    supplier_name,
    supplier_type,
    grade,
    region,
    main_category,
    monthly_capacity,
    moq,
    lead_days,
    contract_end,
    status
from {{ ref('stg_erp__supplier') }}
