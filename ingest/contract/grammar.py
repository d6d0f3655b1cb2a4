"""How a retailer's text becomes a value: one DuckDB SQL expression for each type.

Belongs here: what counts as a number, date, time, yes or no, and identifier (mess catalogue M4,
M5, M6). ``quick_*`` reads the plain form of raw text and is cheap; the full grammar of trimmed text
costs planning and running time, and is compiled only for columns that need it. Both give NULL for
what they cannot read. Which column uses which expression does not belong here.
"""

from __future__ import annotations

from ingest.sql import listed, quoted

LOCAL_ZONE = "Asia/Shanghai"
SPACES = " \t\r\n\u00a0\u3000\ufeff\u200b"
NULL_TEXTS = ("NULL", "null", "\\N", "#N/A", "N/A", "#NULL!", "#VALUE!", "#REF!", "#DIV/0!",
              "#NAME?", "#NUM!")  # fmt: skip
NULL_MARKS = ("-", "--", "—", "——", "/", "无", "nan", "NaN", "None")
PLACEHOLDER_DATES = ("0000-00-00", "1900-01-01", "1900-1-1", "1900/1/1", "1900/01/01", "1899-12-30",
                     "0000-00-00 00:00:00", "1900-01-01 00:00:00")  # fmt: skip
YES = (
    "是",
    "Y",
    "y",
    "1",
    "true",
    "TRUE",
    "True",
    "T",
    "t",
    "yes",
    "YES",
    "Yes",
    "√",
    "✓",
    "有",
    "对",
)
NO = (
    "否",
    "N",
    "n",
    "0",
    "false",
    "FALSE",
    "False",
    "F",
    "f",
    "no",
    "NO",
    "No",
    "×",
    "✗",
    "无",
    "错",
)
_WIDE = "０１２３４５６７８９．，－＋（）％￥　：／"
_NARROW = "0123456789.,-+()%¥ :/"
_ISO = "[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
_COMPACT = "[0-9]{8}|[0-9]{4}[年.][0-9]{1,2}[月.][0-9]{1,2}日?"
_MONTHS = "(?i).*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*"
_DATE_FORMATS = ("%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d", "%d-%b-%y", "%d-%b-%Y",
                 "%d %b %y", "%d %b %Y",
                 "%b %d, %Y", "%b %d %Y", "%B %d, %Y", "%d %B %Y")  # fmt: skip
_TIME_FORMATS = ("%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S", "%Y%m%d %H:%M", "%Y年%m月%d日 %H:%M:%S",
                 "%Y年%m月%d日 %H:%M", "%Y年%m月%d日%H:%M:%S", "%Y年%m月%d日%H:%M",
                 "%Y年%m月%d日 %H时%M分%S秒", "%Y年%m月%d日%H时%M分%S秒", "%Y年%m月%d日 %H时%M分",
                 "%Y.%m.%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y/%m/%d %I:%M:%S %p",
                 "%Y-%m-%d %I:%M:%S %p",
                 "%d-%b-%y %H:%M:%S", "%d-%b-%y %H:%M", "%d-%b-%Y %H:%M:%S",
                 "%d-%b-%Y %H:%M", "%d %b %Y %H:%M:%S", "%d %b %Y %H:%M",
                 "%b %d, %Y %I:%M:%S %p", "%b %d, %Y %I:%M %p", "%b %d, %Y %H:%M:%S",
                 "%b %d, %Y %H:%M")  # fmt: skip
_HALF_DAYS = ("%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p")
_YEAR_LAST = "[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
_OFFSET = "(?:Z|UTC|GMT|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?)"
_ZONE = "(?:[[]?[A-Z][A-Za-z]+/[A-Za-z_/]+[]]?)"
_NUMERALS = "一二三四五六七八九"


def trimmed(r: str) -> str:
    """Text without surrounding white space, full-width and zero-width ones included."""
    edge = "[\\s\\x{a0}\\x{3000}\\x{feff}\\x{200b}]"
    odd = f"regexp_matches({r}, {quoted(f'^{edge}|{edge}$')})"
    bare = f"nullif(trim({r}, {quoted(SPACES)}), '')"
    return f"case when {r} = '' then null when {odd} then {bare} else {r} end"


def without(x: str, texts: list[str]) -> str:
    """``x``, NULL where it is one of the texts."""
    whens = " ".join(f"when {quoted(text)} then null" for text in texts)
    return f"case {x} {whens} else {x} end" if texts else x


def narrow(x: str) -> str:
    """Full-width digits, signs and blanks as their plain forms."""
    return f"translate({x}, {quoted(_WIDE)}, {quoted(_NARROW)})"


def let(name: str, value: str, body: str) -> str:
    """``body`` with ``name`` standing for ``value``, which is computed once."""
    return f"list_extract(list_transform([{value}], lambda {name}: {body}), 1)"


def _wide_decimal(x: str) -> str:
    """The full number grammar, as DECIMAL(28,8)."""
    shape = (
        "'^([-+]?)([(]?)(?:¥|￥|[$]|RMB|CNY)?([-+]?)([0-9.,]+)(万|亿|%)?"
        "(?:元|圆|件|双|个|条|套|人|次|㎡|m²|平方米|平米|平)?([)]?)$'"
    )
    parts = (
        f"regexp_extract(replace({narrow(x)}, ' ', ''), {shape}, ['a', 'b', 'c', 'n', 'u', 'e'])"
    )
    grouped = "'[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?'"
    signs = "np.a || np.c in ('', '+', '-') and (np.b = '(') = (np.e = ')')"
    digits = (
        f"case when not contains(np.n, ',') then np.n "
        f"when regexp_full_match(np.n, {grouped}) then replace(np.n, ',', '') end"
    )
    negative = "case when np.a || np.c = '-' or np.b = '(' then -1 else 1 end"
    factor = "case np.u when '万' then 10000 when '亿' then 100000000 else 1 end"
    value = f"cast(try_cast({digits} as decimal(20, 8)) as decimal(20, 8))"
    scaled = (
        f"case when np.u = '%' then try_cast({value} / 100 as decimal(28, 8)) "
        f"else try_cast({value} * {factor} as decimal(28, 8)) end * {negative}"
    )
    return let("np", parts, f"case when np.n <> '' and ({signs}) then {scaled} end")


def quick_number(r: str, sql_type: str) -> str:
    """Digits and a point. DuckDB reads 8.88e-16 as 0.01 in a decimal: no exponents here."""
    return f"case when {_is_plain_number(r)} then try_cast({r} as {sql_type}) end"


def _is_plain_number(x: str) -> str:
    return f"regexp_full_match({x}, '[-+]?[0-9]+[.]?[0-9]*')"


def number(x: str, sql_type: str) -> str:
    """Amounts and decimals: 1,299.00, ¥12, 3元, 1.2万, 12%, (5.00), 1.5e3, full-width digits.

    A percentage is a hundredth. Commas must group thousands, else the value is not read. Chinese
    numerals below ten thousand are read as well: 一百二十平.
    """
    usual = "'[¥￥]?[-+]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]*)?元?'"
    bare = f"replace(trim({x}, '¥￥元'), ',', '')"
    exponent = "'[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)[eE][-+]?[0-9]{1,3}'"
    return (
        f"case when {_is_plain_number(x)} then try_cast({x} as {sql_type}) "
        f"when regexp_full_match({x}, {usual}) then try_cast({bare} as {sql_type}) "
        f"when regexp_full_match({x}, {exponent}) "
        f"then try_cast(try_cast({x} as double) as {sql_type}) "
        f"when regexp_matches({x}, '^[零〇两十百千{_NUMERALS}]') then "
        f"try_cast({_chinese(x)} as {sql_type}) "
        f"else try_cast({_wide_decimal(x)} as {sql_type}) end"
    )


def _chinese(x: str) -> str:
    """Chinese numerals from 1 to 9999, with a unit of area or none."""
    digit = f"[{_NUMERALS}]"
    shape = (
        f"'^(?:({digit})(千))?零?(?:({digit})(百))?零?(?:({digit}?)(十))?零?({digit})?"
        "(?:㎡|m²|平方米|平米|平)?$'"
    )
    names = "['a', 'k', 'b', 'h', 'c', 't', 'd']"
    text = f"translate({x}, '两〇', '二零')"
    parts = f"regexp_extract({text}, {shape}, {names})"

    def value(name: str) -> str:
        return f"case when cn.{name} = '' then 0 else instr('{_NUMERALS}', cn.{name}) end"

    tens = "case when cn.t = '' then 0 when cn.c = '' then 10 else 10 * " + value("c") + " end"
    total = f"1000 * ({value('a')}) + 100 * ({value('b')}) + ({tens}) + ({value('d')})"
    return let("cn", parts, f"nullif({total}, 0)")


def quick_integer(r: str) -> str:
    return (
        f"case when regexp_full_match({r}, '[-+]?[0-9]{{1,18}}') then try_cast({r} as bigint) end"
    )


def integer(x: str) -> str:
    """Whole numbers: 3, 1,200, 3件, 12.0; a fraction that is not 0 is not read."""
    whole = "case when w = floor(w) then try_cast(w as bigint) end"
    return f"coalesce({quick_integer(x)}, {let('w', _wide_decimal(x), whole)})"


def _year_last(x: str, order: str) -> str:
    """Numeric dates with the year last; a date both orders can read needs a declared order."""
    dashed = f"translate({x}, '-.', '//')"
    first = f"try_cast(split_part({dashed}, '/', 1) as int)"
    second = f"try_cast(split_part({dashed}, '/', 2) as int)"
    dmy, mdy = f"try_strptime({dashed}, '%d/%m/%Y')", f"try_strptime({dashed}, '%m/%d/%Y')"
    if order != "ymd":
        return dmy if order == "dmy" else mdy
    return (
        f"case when {first} > 12 or {first} = {second} then {dmy} when {second} > 12 then {mdy} end"
    )


def ambiguous_date(x: str) -> str:
    """True for a date whose day and month cannot be told apart, or that has no year (11.5)."""
    return (
        f"regexp_full_match({x}, '[0-9]{{1,2}}[-/.][0-9]{{1,2}}([-/.][0-9]{{2}}|[-/.][0-9]{{4}})?')"
    )


def quick_date(r: str) -> str:
    compact = f"strlen({r}) = 8 and regexp_full_match({r}, '[0-9]{{8}}')"
    day = f"strlen({r}) between 8 and 10 and not contains({r}, ' ')"
    return (
        f"case when {compact} then try_strptime({r}, '%Y%m%d')::date "
        f"when {day} then try_cast({r} as date) end"
    )


def date(x: str, order: str = "ymd") -> str:
    """Dates: 2025-09-01, 2025/9/1, 20250901, 2025年9月1日, 1-Sep-25, 45901 (Excel), with or
    without a time of day behind them, which is dropped."""
    formats = "[" + listed(_DATE_FORMATS) + "]"
    y = narrow(x)
    day = f"regexp_replace({y}, '[ T][0-9].*$', '')"
    return (
        f"case when regexp_full_match({y}, '[2-7][0-9]{{4}}([.][0-9]*)?') "
        f"then date '1899-12-30' + cast(floor(try_cast({y} as double)) as int) "
        f"when regexp_full_match({day}, '[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}') "
        f"then try_cast({day} as date) "
        f"when regexp_full_match({day}, '{_YEAR_LAST}') "
        f"then ({_year_last(day, order)})::date "
        f"when regexp_full_match({y}, {quoted(_MONTHS)}) "
        f"then coalesce(try_strptime({y}, {formats}), {_stamp(y)})::date "
        f"when regexp_full_match({day}, {quoted(_COMPACT)})"
        " "
        f"then try_strptime({day}, {formats})::date "
        f"else ({_stamp(y)})::date end"
    )


def _stamp(y: str) -> str:
    formats = "[" + listed(_TIME_FORMATS) + "]"
    return (
        f"case when regexp_full_match({y}, '[0-9]{{10}}') "
        f"and {y} between '1000000000' and '4102444800' "
        f"then make_timestamp(try_cast({y} as bigint) * 1000000) "
        f"when regexp_full_match({y}, '1[0-9]{{12}}') "
        f"then make_timestamp(try_cast({y} as bigint) * 1000) "
        f"when regexp_full_match({y}, '[2-7][0-9]{{4}}([.][0-9]*)?') then "
        f"date_trunc('second', timestamp '1899-12-30' + "
        f"to_microseconds(cast(round(try_cast({y} as double) * 86400) * 1000000 as bigint))) "
        f"else try_strptime({y}, {formats}) end"
    )


def is_epoch(y: str) -> str:
    """True for epoch seconds and milliseconds, which count in UTC whatever the export's zone."""
    return f"(strlen({y}) in (10, 13) and regexp_full_match({y}, '[0-9]{{10}}|1[0-9]{{12}}'))"


def moved(value: str, zone: str, local: str) -> str:
    """A naive time in one zone as naive time in another."""
    if zone == local:
        return value
    return f"timezone({quoted(local)}, timezone({quoted(zone)}, {value}))"


def quick_timestamp(r: str, zone: str, local: str) -> str:
    plain = f"strlen({r}) = 19 and substr({r}, 17, 1) = ':' and not suffix({r}, 'Z')"
    utc = f"suffix({r}, 'Z') and strlen({r}) between 20 and 27"
    value = f"try_cast({r} as timestamp)"
    return (
        f"case when {plain} or regexp_full_match({r}, {quoted(_ISO)}) then "
        f"{moved(value, zone, local)} when {utc} then {moved(value, 'UTC', local)} end"
    )


def timestamp(x: str, zone: str, local: str, order: str = "ymd") -> str:
    """Times: as dates, with an optional time of day; Excel serials; epoch s and ms.

    Values without an offset or a zone's full name (America/Lima) are in ``zone``; the result is
    naive time in ``local``.
    """
    y = narrow(x)
    day_only = f"case when not contains({y}, ':') then ({date(y, order)})::timestamp end"
    year_last = f"'{_YEAR_LAST},? [0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}})?( ?[AaPp][Mm])?'"
    clock = f"substr({y}, instr({y}, ' ') + 1)"
    half = f"try_strptime({clock}, [{listed(_HALF_DAYS)}]) - timestamp '1900-01-01'"
    by_day = (
        f"case when regexp_full_match({y}, {year_last}) then "
        f"({_year_last(f'trim(split_part({y}, chr(32), 1), chr(44))', order)}) + "
        f"case when suffix(lower({clock}), 'm') then {half} else "
        f"try_cast({clock} || case when strlen({clock}) < 6 then ':00' else '' end as interval) "
        f"end when regexp_full_match({y}, {quoted(_ISO)}) then try_cast({y} as timestamp) "
        f"else coalesce({_stamp(y)}, {day_only}) end"
    )
    behind = f":[0-9]{{2}}([.][0-9]+)? ?({_OFFSET}|{_ZONE}|{_OFFSET} ?{_ZONE})$"
    offset = f"regexp_matches({y}, {quoted(behind)})"
    close = f"regexp_replace({y}, {quoted(f'({_OFFSET}) ?{_ZONE}$')}, '\\1')"
    close = f"regexp_replace({close}, ' ?(?:UTC|GMT)?([+-][0-9]{{2}}:?[0-9]{{0,2}})$', '\\1')"
    close = f"regexp_replace({close}, ' ?[[]([^]]+)[]]$', ' \\1')"
    close = f"regexp_replace({close}, '^([^:]+:[0-9]{{2}})([-+ Z])', '\\1:00\\2')"
    zoned = f"timezone({quoted(local)}, try_cast({close} as timestamptz))"
    epoch = moved(_stamp(y), "UTC", local)
    return (
        f"case when {offset} then {zoned} when {is_epoch(y)} then {epoch} "
        f"else {moved(by_day, zone, local)} end"
    )


def boolean(x: str) -> str:
    yes = " ".join(f"when {quoted(text)} then true" for text in YES)
    no = " ".join(f"when {quoted(text)} then false" for text in NO)
    return f"case {x} {no} {yes} end"


def identifier(x: str) -> str:
    """Identifiers after Excel: ="…", leading ', trailing .0 are taken off; 1.93E+15 is lost."""
    odd = f"(contains({x}, '.') or contains({x}, '+') or contains({x}, '=') or contains({x}, '\"') "
    odd += f"or starts_with({x}, '''') or starts_with({x}, '`'))"
    bare = f"trim(regexp_replace({x}, '^=?\"*(.*?)\"*$', '\\1'), '''` ')"
    whole = f"regexp_replace({bare}, '^([0-9]+)[.]0+$', '\\1')"
    lost = f"regexp_full_match({bare}, '[0-9]([.][0-9]+)?[eE][+][0-9]+')"
    return (
        f"case when {odd} then case when {lost} then null else nullif({whole}, '') end else {x} end"
    )
