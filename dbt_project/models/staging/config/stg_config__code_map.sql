-- Old codes with the code that counts today; a chain of renamings is followed five steps.
with given as (
    select
        kind,
        old_code,
        min(new_code) as new_code
    from {{ source('bronze', '_config_code_map') }}
    where old_code <> new_code
    group by kind, old_code
)

select
    given.kind,
    given.old_code,
    coalesce({% for i in range(5, 1, -1) %}step_{{ i }}.new_code, {% endfor %}given.new_code) as new_code
from given
{% for i in range(2, 6) -%}
left join given as step_{{ i }}
    on step_{{ i }}.kind = given.kind
    and step_{{ i }}.old_code = {{ 'given' if i == 2 else 'step_' ~ (i - 1) }}.new_code
{% endfor %}
