{#
  Keeps the latest version of each key. The order is the feed's own (modify time), then the file's
  business date, its sequence and the row's content: never the time of arrival, so that the same
  files in any order give the same rows.
#}
{% macro latest_version(key, order_by=[]) -%}
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by
            {% for column in order_by %}{{ column }} desc nulls last, {% endfor -%}
            _file_date desc nulls last, _file_seq desc nulls last, _content_hash desc nulls last,
            _file_id desc
    ) = 1
{%- endmacro %}
