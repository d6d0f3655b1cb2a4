{#
  Net sales, margin and returns by retail week, on both bases side by side: _post counts a cancellation or
  return on the day it is posted, _coh on the day of the sale. Only _post is compared with last year (_ly):
  recent sales still wait for returns that last year's already had (rule D15). A week that is not over is
  compared with as many days of last year's; without a whole week there, _ly is NULL.
#}
{%- set measures = ['sale_units', 'sale_amt', 'ret_units', 'ret_amt', 'refund_only_amt', 'exvat_amt', 'cogs_amt'] -%}
{%- set closed = ['closed_units', 'closed_ret_units'] -%}
with part as (
    {%- for kept, week, on_day in [('post', 'retail_week', 'post_date'), ('coh', 'retail_week', 'sale_date'),
                                   ('ly', 'next_year_week', 'post_date')] %}
    select
        day.{{ week }} as retail_week, change.channel_id, change.channel_group, change.region, change.category_l1,
        {%- for suffix in ['post', 'coh', 'ly'] %}{% for measure in measures %}
        {{ 'sum(change.' ~ measure ~ ')' if suffix == kept else '0' }} as {{ measure }}_{{ suffix }},
        {%- endfor %}{% endfor %}{% for measure in closed %}
        {{ 'sum(change.' ~ measure ~ ')' if kept == 'coh' else '0' }} as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_metrics__sale_change') }} as change
    inner join {{ ref('int_metrics__day') }} as day on day.date_day = change.{{ on_day }}
    where day.{{ week }} is not null
    group by day.{{ week }}, change.channel_id, change.channel_group, change.region, change.category_l1
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

week as (
    select distinct  -- one row a week out of one a day
        retail_week, week_start, last_day, days_passed, weeks_ago, last_year_week
    from {{ ref('int_metrics__day') }}
),

summed as (
    select
        retail_week, channel_id, channel_group, region, category_l1
        {%- for suffix in ['post', 'coh', 'ly'] %}{% for measure in measures %},
        cast(sum({{ measure }}_{{ suffix }}) as {{ 'bigint' if 'units' in measure else 'decimal(18, 2)' }}) as {{ measure }}_{{ suffix }}
        {%- endfor %}{% endfor %}{% for measure in closed %},
        cast(sum({{ measure }}) as bigint) as {{ measure }}
        {%- endfor %}
    from part
    group by retail_week, channel_id, channel_group, region, category_l1
)

select
    summed.retail_week,
    week.week_start,
    week.last_day,
    week.days_passed,
    week.weeks_ago,
    week.last_year_week,
    summed.channel_id,
    channel.name_zh as channel_zh,
    channel.name_en as channel_en,
    summed.channel_group,
    summed.region,
    summed.category_l1,
    {%- for suffix in ['post', 'coh'] %}
    summed.sale_units_{{ suffix }},
    summed.sale_amt_{{ suffix }},
    summed.ret_units_{{ suffix }},
    summed.ret_amt_{{ suffix }},
    summed.refund_only_amt_{{ suffix }},
    cast(summed.sale_units_{{ suffix }} - summed.ret_units_{{ suffix }} as bigint) as net_units_{{ suffix }},
    cast(summed.sale_amt_{{ suffix }} - summed.ret_amt_{{ suffix }} as decimal(18, 2)) as net_amt_{{ suffix }},
    summed.exvat_amt_{{ suffix }},
    cast(summed.exvat_amt_{{ suffix }} - summed.cogs_amt_{{ suffix }} as decimal(18, 2)) as margin_amt_{{ suffix }},
    {%- endfor %}
    summed.closed_units,
    summed.closed_ret_units,
    {%- set comparable = 'case when week.last_year_week is not null then ' %}
    {{ comparable }} summed.sale_units_ly end as sale_units_ly,
    {{ comparable }} summed.ret_units_ly end as ret_units_ly,
    {{ comparable }} cast(summed.sale_amt_ly - summed.ret_amt_ly as decimal(18, 2)) end as net_amt_ly,
    {{ comparable }} summed.exvat_amt_ly end as exvat_amt_ly,
    {{ comparable }} cast(summed.exvat_amt_ly - summed.cogs_amt_ly as decimal(18, 2)) end as margin_amt_ly,
    {{ comparable }} cast(
        summed.sale_amt_post - summed.ret_amt_post - summed.sale_amt_ly + summed.ret_amt_ly as decimal(18, 2)
    ) end as net_amt_growth
from summed
inner join week on week.retail_week = summed.retail_week
left join {{ ref('dim_channel') }} as channel on channel.channel_id = summed.channel_id
