-- Who owns on-hand stock: the ledger of movements, or, for a retailer that exports none, the snapshots.
select coalesce(max(case when is_available then 1 else 0 end), 0) = 1 as ledger_owns
from {{ source('bronze', '_feed') }}
where feed = 'erp_stock_move'
