{#
  The action of each recomputed row: the rows of the action matrix whose conditions hold, the first by
  the catalogue's order (seeds/catalogue/hit_actions.csv), and its reason in words with the numbers behind it.
#}
with row_ as (
    select
        published.skc_id,
        published.as_of_date,
        case
            when published.coverage < config.coverage_min then 'unjudged'
            else coalesce(case when score.score is not null then score.level_state end, 'unjudged')
        end as level,
        published.return_rate,
        {{ hits_ratio('category.closed_ret', 'category.closed_sold') }} as category_return_rate,
        published.presale_ratio,
        published.view_to_cart_rate,
        published.view_to_cart_rate_den as viewers,
        {{ hits_ratio('category.carters', 'category.viewers') }} as category_cart_rate,
        published.days_since_launch,
        published.days_since_launch_status,
        published.weeks_of_supply,
        published.distribution_rate,
        published.full_size_rate,
        published.store_active_rate,
        published.remaining_weeks,
        published.suggested_reorder_units,
        published.reorder_open_units,
        {{ hits_ratio('published.online_units_14d',
                      'nullif(greatest(published.online_units_14d + published.store_units_14d, 0), 0)') }} as online_share,
        cast(cast(coalesce(skc.lead_days, config.default_lead_days) as double) / 7 as decimal(18, 2)) as lead_weeks
    from {{ ref('int_hits__published') }} as published
    inner join {{ ref('int_hits__skc') }} as skc on published.skc_id = skc.skc_id
    cross join {{ ref('int_hits__config') }} as config
    left join {{ ref('int_hits__skc_score') }} as score
        on published.skc_id = score.skc_id and published.as_of_date = score.as_of_date
    left join {{ ref('int_hits__category_day') }} as category
        on skc.category_l3 = category.category_l3 and published.as_of_date = category.as_of_date
),

tested as (
    select
        row_.*,
        row_.return_rate > row_.category_return_rate + config.return_excess as is_stop_reorder,
        row_.days_since_launch_status = 'pre_launch' and row_.presale_ratio >= config.act_presale as is_presale_reorder,
        row_.level = 'hit' and row_.weeks_of_supply < row_.lead_weeks as is_reorder,
        row_.level = 'hit' and row_.distribution_rate < config.act_distribution as is_widen,
        row_.level = 'hit' and row_.full_size_rate < config.act_full_size as is_move_sizes,
        row_.online_share >= config.act_online_share and row_.store_active_rate < config.act_store_active as is_reallocate,
        row_.viewers >= config.act_views
            and row_.view_to_cart_rate < row_.category_cart_rate * config.act_cart_ratio as is_check_page,
        row_.level = 'slow' and row_.weeks_of_supply > row_.remaining_weeks as is_markdown,
        row_.level = 'slow' and row_.distribution_rate > config.act_distribution as is_pull_back
    from row_
    cross join {{ ref('int_hits__config') }} as config
),

{% set codes = ['stop_reorder', 'presale_reorder', 'reorder', 'widen', 'move_sizes', 'reallocate', 'markdown', 'pull_back',
              'check_page'] %}
chosen as (
    select
        tested.*,
        case {% for code in codes %}when is_{{ code }} then '{{ code }}' {% endfor %}else 'none' end as action,
        concat_ws(',' {%- for code in codes %}, case when is_{{ code }} then '{{ code }}' end{% endfor %}) as actions
    from tested
)

{% set words = [
    ('return_rate', hits_percent('chosen.return_rate')),
    ('category_return_rate', hits_percent('chosen.category_return_rate')),
    ('presale_ratio', hits_percent('chosen.presale_ratio')),
    ('weeks_of_supply', hits_text('chosen.weeks_of_supply')),
    ('lead_weeks', hits_text('chosen.lead_weeks')),
    ('distribution_rate', hits_percent('chosen.distribution_rate')),
    ('full_size_rate', hits_percent('chosen.full_size_rate')),
    ('online_share', hits_percent('chosen.online_share')),
    ('store_active_rate', hits_percent('chosen.store_active_rate')),
    ('remaining_weeks', hits_text('chosen.remaining_weeks')),
    ('view_to_cart_rate', hits_percent('chosen.view_to_cart_rate')),
    ('category_cart_rate', hits_percent('chosen.category_cart_rate')),
    ('suggested', hits_text('chosen.suggested_reorder_units', 0)),
    ('open', hits_text('chosen.reorder_open_units', 0)),
    ('level_zh', 'level.name_zh'),
    ('level_en', 'level.name_en'),
] %}
select
    chosen.skc_id,
    chosen.as_of_date,
    chosen.level,
    chosen.category_return_rate,
    chosen.action,
    chosen.actions,
    {% for language in ['zh', 'en'] -%}
    {% for word, text in words %}replace({% endfor %}catalogue.reason_{{ language }}
        {%- for word, text in words %}, '{{ '{' ~ word ~ '}' }}', {{ text }}){% endfor %} as action_reason_{{ language }}
    {{- ',' if not loop.last }}
    {% endfor %}
from chosen
-- A hit whose open reorders suffice is told so in words of its own.
inner join {{ ref('hit_actions') }} as catalogue
    on {{ hits_action_words('chosen') }} = catalogue.action
inner join {{ ref('hit_levels') }} as level on chosen.level = level.level
