{# Business days of stores whose file has not arrived. #}
select arrival.store_code, arrival.biz_date
from {{ ref('fct_arrival') }} as arrival
inner join {{ ref('int_hits__store') }} as store on arrival.store_code = store.store_code
where arrival.is_expected and not arrival.is_arrived
