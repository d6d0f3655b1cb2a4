"""What in a compiled SQL text would not run, or mean something else, on Spark.

Belongs here: judging one text. Which texts there are, and style, is for ``check_sql.py``.

The text is written for both engines, so sqlglot reads it twice, as DuckDB and as Spark: where the
two trees differ, the engines understand the same words differently (list functions, formats, where
NULLs stand in an order). A tree can't tell whether a function exists, so the names as written are
compared with those that both engines have. What both read alike and only one of them runs
is a trap of its own below. sqlglot's own list of what it can't say in Spark comes last.

The types of columns are not known here: that a decimal is divided by a decimal, or that a double is
rounded into a decimal, is not seen. Contracts on core and marts hold those types.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.dialects import DuckDB
from sqlglot.errors import ErrorLevel, ParseError, UnsupportedError
from sqlglot.tokens import Token, TokenType

# Functions that both engines have, with the same answer (percentile_cont over doubles).
RUN_ON_BOTH = {
    "abs", "array_agg", "array_sort", "bool_and", "bool_or", "cast", "ceil", "coalesce",
    "concat_ws", "count", "cume_dist", "date_trunc", "dense_rank", "exp", "extract", "first_value",
    "floor", "greatest", "grouping", "lag", "last_day", "last_value", "lead", "least", "length",
    "ln", "lower", "lpad", "ltrim", "max", "max_by", "md5", "median", "min", "min_by", "mod",
    "ntile", "nullif", "percent_rank", "percentile_cont", "power", "rank", "replace", "round",
    "row_number", "rpad", "rtrim", "sign", "split_part", "sqrt", "substr", "sum", "translate",
    "trim", "try_cast", "upper",
}  # fmt: skip
INSTEAD = {
    "arg_max": "max_by", "arg_min": "min_by", "avg": "sum over count, as doubles",
    "concat": "|| with coalesce, or concat_ws", "date_diff": "dbt.datediff",
    "datediff": "dbt.datediff", "date_part": "extract", "dayofweek": "days since a Monday modulo 7",
    "generate_series": "number_series()", "hash": "md5 or row_hash()", "ifnull": "coalesce",
    "isodow": "days since a Monday modulo 7", "len": "length", "list": "array_agg",
    "nvl": "coalesce", "quantile_cont": "percentile_cont over doubles",
    "quantile": "percentile_cont over doubles", "range": "number_series()",
    "strftime": "substr() of a text", "string_agg": "ordered_concat()",
    "strptime": "try_cast to timestamp", "weekday": "days since a Monday modulo 7",
}  # fmt: skip
DISPATCH = "a macro in macros/dispatch/"
WHOLE = (exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT)
# Types that only DuckDB has, and the smallest integer, which Superset can't show.
TYPES = {
    exp.DType.INT128: "bigint", exp.DType.UINT128: "bigint", exp.DType.UBIGINT: "bigint",
    exp.DType.UINT: "bigint", exp.DType.USMALLINT: "int", exp.DType.UTINYINT: "int",
    exp.DType.TINYINT: "int", exp.DType.TIME: "seconds of the day", exp.DType.ENUM: "string",
    exp.DType.UUID: "string", exp.DType.JSON: "string", exp.DType.UNION: "columns",
}  # fmt: skip
PARTS = {"year", "quarter", "month", "week", "day", "hour", "minute", "second"}
# How the two dialects call the same thing in the tree: no difference.
ALIKE = {exp.TryCast: exp.Cast, exp.TsOrDsToDate: exp.Cast}
SILENT = {"safe", "flatten", "date_part_boundary", "nulls_first"}


@dataclass(frozen=True)
class Trap:
    """What is not portable, with what to write instead, and its line in the compiled text."""

    text: str
    line: int | None = None


def traps(sql: str) -> Iterator[Trap]:
    """All that is not portable in one statement.

    Raises:
        ParseError: DuckDB can't read it either.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    found = [*_names(sql), *(Trap(text, _line(n)) for n in tree.walk() for text in _node(n))]
    yield from found
    try:
        there = sqlglot.parse_one(sql, read="spark")
        tree.sql("spark", unsupported_level=ErrorLevel.RAISE)
    except ParseError as error:
        yield Trap(f"Spark can't read it: {_first(error)}", error.errors[0].get("line"))
        return
    except UnsupportedError as error:
        yield Trap(f"not in Spark: {_first(error)}")
        return
    for node, order in _differences(tree, there):
        if order:
            yield Trap(
                f"order by {_shown(order)}: NULLs last, in Spark first → nulls last", _line(node)
            )
        elif not found:  # else it is most likely the same again
            yield Trap(f"{_shown(node)}: another thing in Spark → {DISPATCH}", _line(node))


def _first(error: Exception) -> str:
    return " ".join(str(error).split("\n")[0].split())


def _names(sql: str) -> Iterator[Trap]:
    """Functions as they are written; the tree forgets which of its names was used."""
    tokens = sqlglot.tokenize(sql, read="duckdb")
    for last, token, after in zip([None, *tokens], tokens, tokens[1:], strict=False):
        name = token.text.lower()
        if name in ("varchar", "char", "text") and token.token_type is TokenType.TEXT:
            yield Trap(f"{name}: no type of Spark → string", token.line)
        if after.token_type is not TokenType.L_PAREN or not _is_function(last, token):
            continue
        if name not in RUN_ON_BOTH and not name.startswith(PLACEHOLDER):
            yield Trap(f"{name}() → {INSTEAD.get(name, DISPATCH)}", token.line)


PLACEHOLDER = "dispatched__"
KEYWORDS = {
    TokenType.ALIAS, TokenType.ALL, TokenType.ANY, TokenType.EXISTS, TokenType.FILTER,
    TokenType.OVERLAPS, TokenType.VALUES, TokenType.WINDOW, TokenType.ROW, TokenType.OFFSET,
}  # fmt: skip


def _is_function(last: Token | None, token: Token) -> bool:
    kind = token.token_type
    if kind not in DuckDB.Parser.FUNC_TOKENS or kind in DuckDB.Parser.TYPE_TOKENS | KEYWORDS:
        return False
    before = last.text.lower() if last else ""
    return before not in ("as", "with", "recursive", "within")


def _line(node: exp.Expr) -> int | None:
    """The line of the first name in it; only names know theirs."""
    return next((one.meta["line"] for one in node.walk(bfs=False) if "line" in one.meta), None)


def _node(node: exp.Expr) -> Iterator[str]:
    """Traps that both dialects read alike."""
    if isinstance(node, exp.Identifier) and node.args.get("quoted"):
        yield from _quoted(node)
    elif isinstance(node, exp.Star):
        if any(node.args.get(word) for word in ("except_", "replace", "rename")):
            yield "* exclude / replace / rename → list the columns"
    elif isinstance(node, exp.Columns):
        yield "columns() → list the columns"
    elif isinstance(node, exp.DataType):
        if node.this in TYPES:
            yield f"{node.sql('duckdb').lower()} → {TYPES[node.this]}"
    elif isinstance(node, exp.Join):
        if node.method:
            yield f"{node.method.lower()} join → a join on the validity range"
    elif isinstance(node, exp.Window):
        if node.find(exp.Distinct):
            yield "count(distinct) over () → a grouped subquery"
    elif isinstance(node, exp.Extract):
        if node.name.lower() not in PARTS:
            yield f"extract({node.name.lower()}) → days since a Monday modulo 7, or {DISPATCH}"
    elif isinstance(node, exp.Order):
        if isinstance(node.parent, exp.AggFunc | exp.Func):
            yield "order by within an aggregate → ordered_concat() or array_sort(array_agg())"
    elif isinstance(node, exp.Div):
        yield from _division(node)
    elif isinstance(node, exp.Cast):
        yield from _cast(node)
    elif type(node) in SPELLINGS:
        yield SPELLINGS[type(node)]


SPELLINGS: dict[type[exp.Expr], str] = {
    exp.RegexpLike: f"a regular expression → {DISPATCH}, like or translate",
    exp.SimilarTo: "similar to → like",
    exp.Glob: "glob → like",
    exp.IntDiv: "// → floor() of a division",
    exp.Bracket: f"an element of a list → {DISPATCH}",
    exp.Array: f"a list → {DISPATCH}",
    exp.Struct: "a struct → columns",
    exp.Lambda: f"a lambda → {DISPATCH}",
    exp.Pivot: "pivot → sums of cases",
    exp.TableSample: "a sample → a condition on a hash",
    exp.Unnest: f"unnest → {DISPATCH}",
}


def _quoted(node: exp.Identifier) -> Iterator[str]:
    """dbt quotes relations itself, with their database; whoever else does means one engine."""
    table = node.parent
    if isinstance(table, exp.Table) and table.args.get("db"):
        return
    yield f'quoted name "{node.name}" → unquoted'


def _division(node: exp.Div) -> Iterator[str]:
    divisor: exp.Expr = node.expression
    while isinstance(divisor, exp.Cast | exp.Paren):
        divisor = divisor.this
    is_more = isinstance(divisor, exp.Add) and isinstance(divisor.this, exp.Literal)
    if not is_more and not isinstance(divisor, exp.Literal | exp.Nullif):
        yield f"/ {_shown(divisor)}: by 0 an error in Spark → nullif(…, 0)"


def _cast(node: exp.Cast) -> Iterator[str]:
    if node.to.this not in WHOLE:
        return
    value = node.this.unnest()
    if isinstance(node, exp.TryCast):
        if not isinstance(value, exp.Floor | exp.Round | exp.Substring):
            yield "try_cast of '12.0' to a whole number → floor(try_cast(… as decimal(18, 4)))"
        return
    if isinstance(value, exp.Floor | exp.Ceil | exp.Round | exp.Literal):
        return
    fraction = any(not one.is_int and not one.is_string for one in value.find_all(exp.Literal))
    if fraction or value.find(exp.Div, exp.Median, exp.PercentileCont, exp.Avg):
        yield f"{_shown(value)} as a whole number: rounded or cut off → floor() or round() first"


Difference = tuple[exp.Expr, exp.Expr | None]


def _differences(here: exp.Expr, there: exp.Expr) -> Iterator[Difference]:
    """Where the two readings part, and what is ordered if that is by NULLs only.

    Below such a place nothing more is said.
    """
    ours, theirs = (ALIKE.get(type(node), type(node)) for node in (here, there))
    if ours is not theirs:
        yield here, None
        return
    if here.args.get("nulls_first", False) != there.args.get("nulls_first", False):
        yield here, here.this
    for name in (here.args.keys() | there.args.keys()) - SILENT:
        left, right = (_listed(node.args.get(name)) for node in (here, there))
        if len(left) != len(right):
            yield here, None
            return
        for one, other in zip(left, right, strict=True):
            if isinstance(one, exp.Expr) and isinstance(other, exp.Expr):
                yield from _differences(one, other)
            elif one != other:
                yield here, None
                return


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [] if value is None or value is False else [value]


def _shown(node: exp.Expr) -> str:
    text = node.sql("duckdb")
    return text if len(text) <= 60 else f"{text[:57]}…"
