{# The demand curve of each launched SKC: the first group of the chain with enough closed peers. #}
with candidate as (
    select
        skc.skc_id,
        skc.season_code,
        skc.season_no,
        min(curve.step) as step
    from {{ ref('int_hits__skc') }} as skc
    cross join {{ ref('int_hits__config') }} as config
    inner join {{ ref('int_hits__curve_share') }} as curve
        on skc.season_code = curve.season_code
        and skc.season_no = curve.season_no
        and curve.peers >= config.peers_min
        and case curve.step
            when 1 then skc.category_l3 || ' / ' || skc.band when 2 then skc.category_l3 when 3 then skc.category_l2
            else '*'
        end = curve.group_name
    where skc.is_judged
    group by skc.skc_id, skc.season_code, skc.season_no
),

named as (
    select
        candidate.skc_id,
        candidate.season_code,
        candidate.season_no,
        candidate.step,
        case candidate.step
            when 1 then skc.category_l3 || ' / ' || skc.band when 2 then skc.category_l3 when 3 then skc.category_l2
            else '*'
        end as group_name
    from candidate
    inner join {{ ref('int_hits__skc') }} as skc on candidate.skc_id = skc.skc_id
)

select
    named.skc_id,
    named.season_code,
    named.season_no,
    named.step,
    named.group_name,
    case when test.curve_error >= test.naive_error then 'naive' else 'curve' end as method
from named
left join {{ ref('int_hits__curve_test') }} as test
    on named.season_code = test.season_code and named.season_no = test.season_no
    and named.step = test.step and named.group_name = test.group_name
