-- Phones that are shared and join nobody, for whoever reads an order's phone.
with shared as (
    {{ shared_phones() }}
)

select node
from shared
