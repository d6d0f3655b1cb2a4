{# Last of the hit models: what this build has taken in, for the next one to compare with. #}
-- depends_on: {{ ref('daily') }}
-- depends_on: {{ ref('board') }}
-- depends_on: {{ ref('region_board') }}
-- depends_on: {{ ref('store_map') }}
-- depends_on: {{ ref('forecast_scores') }}
-- depends_on: {{ ref('store_board') }}
-- depends_on: {{ ref('channel_board') }}
-- depends_on: {{ ref('proposals') }}
-- depends_on: {{ ref('intraday') }}
select key_id, day, checksum
from {{ ref('int_hits__source_day') }}
