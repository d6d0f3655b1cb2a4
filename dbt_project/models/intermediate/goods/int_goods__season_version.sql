-- Season codes that a style has carried, each from the day it was first seen: read from every version
-- of the style file, because the latest version only knows the last one.
with version as (
    select
        coalesce(style_map.new_code, style.style_code) as style_id,
        upper(coalesce(cast(style.year as string), '') || coalesce(style.season, '')) as season_text,
        coalesce(cast(style.modified_at as date), style._file_date) as seen_on
    from {{ source('bronze', 'erp_style') }} as style
    {{ map_join('style', 'style.style_code', 'style_map') }}
)

select
    style_id,
    season_text,
    min(seen_on) as seen_from
from version
where season_text <> ''
group by style_id, season_text
