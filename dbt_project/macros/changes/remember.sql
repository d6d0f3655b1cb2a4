{#
  What a build has taken in, as checksums of whole rows: one row for each key and the day from which it
  matters. The next build compares, and so finds also what vanished, or moved to another key or day.

  What is watched is declared beside the watched model, in its YAML:
      config:
        meta:
          watch:
            - {stage: facts, kind: price, key: skc_id, day: valid_from, until: valid_to}
  kind says how readers find what the key concerns; without a key it concerns everything ('*'), without
  a day every day. until: the day on which the row ends, which then is a mark of its own and no part of
  the row. without: columns that say nothing to any reader. where: the rows that are meant.
#}

{# Columns that name runs or files, not facts: a file that repeats a row changes them and nothing else. #}
{% macro bookkeeping_columns() %}
    {{ return(['_batch', '_file_id', '_file_date', '_file_seq', '_content_hash', '_file_hash', '_contract_version',
               '_ingested_at', '_row_no', 'batch']) }}
{% endmacro %}

{# Files have no YAML of their own: they are what bronze says it has. #}
{% macro file_watch() %}
    {{ return({'kind': 'file', 'key': "feed || '|' || file_id"}) }}
{% endmacro %}

{% macro watches(node, stage) %}
    {{ return((node.config.meta.get('watch') or []) | selectattr('stage', 'equalto', stage) | list) }}
{% endmacro %}

{#
  Every watched row of the named models: kind, key, day, checksum. dbt wants the names written where they
  are read: a model that declares a watch and is not among them, or the other way round, is an error.
#}
{% macro watched_rows(stage, names) %}
    {% for name in names %}{% do ref(name) %}{% endfor %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set parts, declared = [], [] %}
    {% for node in graph.nodes.values() if node.resource_type in ('model', 'seed') and watches(node, stage) %}
        {% do declared.append(node.name) %}
        {% for watch in watches(node, stage) if node.name in names %}
            {% do parts.append(watched_part(ref(node.name), watch)) %}
        {% endfor %}
    {% endfor %}
    {% if declared | sort != names | sort %}
        {% do exceptions.raise_compiler_error(
            'int_changes__' ~ stage ~ '_now names ' ~ (names | sort | join(', ')) ~ '; a watch of this stage is '
            ~ 'declared in the YAML of ' ~ (declared | sort | join(', ')) ~ '. Name the same models in both.') %}
    {% endif %}
    {{ return(parts | join('\n    union all\n    ')) }}
{% endmacro %}

{% macro watched_part(relation, watch) %}
    {%- set key = 'cast(' ~ (watch.key or "'*'") ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- set without = bookkeeping_columns() + (watch.without or []) + ([watch.until] if watch.until else []) -%}
    select '{{ watch.kind }}' as kind, {{ key }} as key, {{ watch.day or "date '1900-01-01'" }} as day, {{ row_hash(without) }} as checksum
    from {{ relation }} {{ 'where ' ~ watch.where if watch.where }}
    {%- if watch.until %}
    union all
    select '{{ watch.kind }}', {{ key }}, {{ watch.until }}, {{ row_hash(without) }} % 1048573
    from {{ relation }} where {{ watch.until }} < date '9999-12-31' {{ 'and ' ~ watch.where if watch.where }}
    {%- endif -%}
{% endmacro %}

{#
  Keys whose rows are not what they were, with the first day concerned: kind, key, from_day, dated_from (the
  first that is a day at all), is_gone (something that the last build knew is no longer so). Nothing in a
  whole build.
#}
{% macro changed_keys(stage) %}
    {%- set now = ref('int_changes__' ~ stage ~ '_now') -%}
    {%- set before = last_built(stage, 'intermediate', memory_of(stage)) -%}
    select
        coalesce(fresh.kind, seen.kind) as kind,
        coalesce(fresh.key, seen.key) as key,
        min(coalesce(fresh.day, seen.day)) as from_day,
        min(case when coalesce(fresh.day, seen.day) > date '1900-01-01' then coalesce(fresh.day, seen.day) end) as dated_from,
        max(case when seen.key is null then 0 else 1 end) = 1 as is_gone
    from {{ now }} as fresh
    full outer join {{ before or now }} as seen
        on fresh.kind = seen.kind and fresh.key = seen.key and fresh.day = seen.day
    where fresh.checksum is distinct from seen.checksum {{ 'and 1 = 0' if not before }}
    group by coalesce(fresh.kind, seen.kind), coalesce(fresh.key, seen.key)
{%- endmacro %}

{# Is everything touched? A file that was built in is gone or another, or a setting changed. #}
{% macro everything_is_touched() -%}
    (select count(*) from {{ ref('int_touched__file') }} where is_gone)
    + (select count(*) from {{ ref('int_changes__facts') }} where kind = 'setting') > 0
{%- endmacro %}
