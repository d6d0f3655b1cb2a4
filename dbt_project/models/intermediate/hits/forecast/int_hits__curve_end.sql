{# Last day of each demand curve. #}
select season_code, season_no, step, group_name, max(day_no) as day_no
from {{ ref('int_hits__curve_day') }}
group by season_code, season_no, step, group_name
