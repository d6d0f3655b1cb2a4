{{ config(materialized='view') }}
{# Locations with their type: what the company's stock counts them by. #}
select store_code, location_type
from {{ ref('dim_store') }}
