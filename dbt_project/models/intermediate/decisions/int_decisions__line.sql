{#
  Organic sale lines of the last days and of the running day, as the alerts and the running day's board
  count them: without gifts, staff and other exclusions, and without presale parcels (rules D9, D10).
#}
select
    line.skc_id,
    line.sku_id,
    line.sale_line_id,
    line.order_id,
    line.sale_date,
    line.sold_at,
    line.channel_group,
    line.store_code,
    line.ship_store_code,
    line.region,
    line.is_presale,
    line.sale_date > run.as_of_date as is_running,
    line.sale_units - case when line.cancelled_date <= {{ hits_add_days('run.as_of_date', 1) }}
        then coalesce(line.cancel_units, 0) else 0 end as units,
    line.sale_amt - case when line.cancelled_date <= {{ hits_add_days('run.as_of_date', 1) }}
        then {{ split_amount('line.sale_amt', '0', 'coalesce(line.cancel_units, 0)', 'line.sale_units') }}
        else 0 end as amt
from {{ ref('fct_sale_line') }} as line
cross join {{ source('bronze', '_run') }} as run
where not line.is_excluded and not line.is_gift and line.sale_units > 0
    and line.sale_date > {{ hits_add_days('run.as_of_date', -14) }}
    and line.sale_date <= {{ hits_add_days('run.as_of_date', 1) }}
