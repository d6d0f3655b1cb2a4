"""SQL checks: each trap is found in an invented model, nothing in clean SQL, dispatch left alone.

That the project's own models are clean is what `make check` says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.scripts.loading import script

sql = script("check_sql")

CLEAN = """\
-- varchar in a comment, strftime( as well
with lines as (
    select * from "warehouse"."core"."sold" where note = 'regexp_matches(' group by all
),

late as (
    select
        lines.*, row_number() over (partition by skc_id order by day desc, no nulls last) as nth
    from lines
    qualify sum(units) over (order by day nulls last rows unbounded preceding) > 0
)

select
    late.skc_id::string as skc_id,
    cast(floor(try_cast(late.size as decimal(18, 4))) as int) as size,
    cast(late.sold as double) / nullif(late.days, 0) as rate,
    count(distinct late.day) filter (where late.units is distinct from 0) as days,
    max_by(late.units, late.day) as last_units,
    percentile_cont(0.5) within group (order by late.rate nulls last) as middle,
    case when extract(year from late.day) = 2026 then 'a' || late.b else substr(late.c, 1, 2) end
        as word
from late
left join lines as other using (skc_id)
where late.day >= date '2026-01-01' and late.day < late.day + interval '1' day
group by all
"""


def found(text: str, is_model: bool = True) -> list[str]:
    return list(sql.check(sql.Compiled("models/m.sql", "m", is_model, text, text)))


def test_clean_sql_has_no_finding() -> None:
    assert found(CLEAN) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "select\ncast(a as varchar) as a from b",
            "models/m.sql:2: varchar: no type of Spark → string",
        ),
        ("with x as (\nselect * exclude (a) from b)\nselect c from x", "list the columns"),
        ("with x as (select * replace (a + 1 as a) from b) select c from x", "list the columns"),
        ("select columns('a.*') from b", "list the columns"),
        ("select strftime(a, '%Y') as a from b", "strftime() → substr() of a text"),
        ("select strptime(a, '%Y') as a from b", "strptime() → try_cast to timestamp"),
        ("select count(distinct a) over (partition by b) as n from c", "a grouped subquery"),
        ('select a as "款号" from b', 'quoted name "款号" → unquoted'),
        ("select a from 'b.csv'", "quoted name"),
        ("select a from read_csv('b.csv')", "read_csv() → a macro in macros/dispatch/"),
        ("select dayofweek(a) as d from b", "days since a Monday modulo 7"),
        ("select extract(isodow from a) as d from b", "days since a Monday modulo 7"),
        ("select date_diff('day', a, b) as d from c", "dbt.datediff"),
        ("select a from generate_series(1, 3) as s(a)", "number_series()"),
        ("select string_agg(a, ',') as a from b", "ordered_concat()"),
        ("select array_agg(a order by b) as a from c", "order by within an aggregate"),
        ("select a from b where regexp_matches(a, 'x')", "regexp_matches() → a macro"),
        ("select a from b where a ~ 'x'", "a regular expression"),
        ("select a from b where a similar to 'x'", "similar to → like"),
        ("select quantile_cont(a, 0.5) as a from b", "percentile_cont over doubles"),
        ("select a from b asof join c on b.day >= c.day", "asof join → a join on the validity"),
        ("select list_sort(a) as a from b", "list_sort() → a macro"),
        ("select [a, b] as a from c", "a list → a macro"),
        ("select a[1] as a from c", "an element of a list"),
        ("select {'a': b} as a from c", "a struct → columns"),
        ("select unnest(a) as a from b", "unnest() → a macro"),
        ("select nvl(a, 0) as a from b", "nvl() → coalesce"),
        ("select epoch(a) as a from b", "epoch() → a macro"),
        ("select hash(a) as a from b", "hash() → md5 or row_hash()"),
        ("select arg_max(a, c) as a from b", "arg_max() → max_by"),
        ("select avg(a) as a from b", "avg() → sum over count, as doubles"),
        ("select cast(a as hugeint) as a from b", "→ bigint"),
        ("select cast(a as utinyint) as a from b", "→ int"),
        ("select a // b as a from c", "// → floor() of a division"),
        ("select\na / b as a from c", "models/m.sql:2: / b: by 0 an error in Spark → nullif"),
        ("select cast(a * 0.5 as int) as a from b", "rounded or cut off → floor() or round()"),
        ("select cast(a / 2 as bigint) as a from b", "rounded or cut off"),
        ("select try_cast(a as int) as a from b", "try_cast of '12.0'"),
        ("select max(a) over (order by\nb) as a from c", "models/m.sql:2: order by b: NULLs last"),
        ("select a from b using sample 5", "a sample"),
        ("pivot b on a using sum(c)", "pivot → sums of cases"),
        ("select a from b positional join c", "positional join"),
        ("select @a as a, a ** 2 as b from c", "Spark can't read it"),
        ("select a from", "can't be read"),
        ("with x as (select a from b)\nselect * from x", "select * in a final select"),
        ("with x as (select a from b)\nselect x.* from x", "select * in a final select"),
        ("select a from b union all select * from c", "select * in a final select"),
        ("select a from b\norder by a nulls last", "order by in a model"),
        ("select a from b union all select a from c order by a nulls last", "order by in a model"),
        ("select a from b\n" + "\n" * 151, "lines; over 150"),
    ],
)
def test_a_trap_is_found_and_told_with_its_remedy(text: str, what: str) -> None:
    assert any(what in line for line in found(text)), found(text)


def test_a_test_may_show_its_rows_in_order() -> None:
    assert found("select * from b order by a nulls last", is_model=False) == []


PROJECT_FILES = {
    "dbt_project.yml": "name: tiny\nversion: '1.0'\nprofile: tiny\nmodel-paths: [models]\n"
    "macro-paths: [macros]\ntest-paths: [tests]\n"
    "models: {tiny: {+materialized: table}}\n",
    "profiles.yml": "tiny: {target: d, outputs: {d: {type: duckdb, path: "
    "\"{{ env_var('BAOKUAN_HOME') }}/warehouse/warehouse.duckdb\"}}}\n",
    "macros/dispatch/engine.sql": """
{% macro joined(what, by) %}{{ return(adapter.dispatch('joined')(what, by)) }}{% endmacro %}
{% macro duckdb__joined(what, by) %}string_agg({{ what }}, ', ' order by {{ by }}){% endmacro %}
{% macro numbers(n) %}{{ return(adapter.dispatch('numbers')(n)) }}{% endmacro %}
{% macro duckdb__numbers(n) %}(select range as i from range(0, {{ n }})){% endmacro %}
{% macro upward(edge) %}{{ return(adapter.dispatch('upward')(edge)) }}{% endmacro %}
{% macro duckdb__upward(edge) %}with x as (select list(a) as l from {{ edge }}) from x{% endmacro %}
""",
    "macros/plain.sql": "{% macro plain(a) %}ifnull({{ a }}, 0){% endmacro %}",
    "models/clean.sql": """
select {{ joined('a', 'b') }} as a, cast(max(b) as {{ dbt.type_string() }}) as b,
    {{ dbt.datediff("date '2026-01-01'", 'max(c)', 'day') }} as days
from {{ numbers(3) }} as n(a, b, c)
""",
    "models/query.sql": "with q as ({{ upward(ref('clean')) }}) select q.l from q",
    "models/argument.sql": "select {{ joined('strftime(a, 1)', 'b') }} as a from {{ numbers(3) }}",
    "models/macro.sql": "select {{ plain('a') }} as a from {{ ref('clean') }}",
    "models/grows.sql": """{{ config(materialized='incremental') }}
select a from {{ ref('clean') }}
{% if is_incremental() %}
where a > (select list_max(array_agg(a)) from {{ this }})
{% endif %}
""",
    "tests/odd.sql": "select a from {{ ref('clean') }}\nwhere epoch(a) = 1",
}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    for name, text in PROJECT_FILES.items():
        path = tmp_path / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "tiny"


def test_what_dbt_compiles_is_judged_and_what_dispatch_chose_is_not(tiny: Path) -> None:
    """Macros, incremental branches and tests count; so do the arguments of a dispatched macro."""
    assert sorted(sql.findings(tiny)) == [
        "tiny/models/argument.sql: strftime() → substr() of a text",
        "tiny/models/grows.sql: list_max() → a macro in macros/dispatch/",
        "tiny/models/macro.sql: ifnull() → coalesce",
        "tiny/tests/odd.sql:2: epoch() → a macro in macros/dispatch/",
    ]


def test_what_dbt_refuses_is_told_with_the_file(tiny: Path) -> None:
    (tiny / "models" / "clean.sql").write_text("select {{ ref('nowhere') }}", encoding="utf-8")
    with pytest.raises(sql.DbtRefusedError, match=r"clean.*nowhere"):
        sql.findings(tiny)
