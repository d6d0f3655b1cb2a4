"""Kinds of values that only contracts have: expressions, names, texts that are flags.

A contract's scalars all stay text, so that 01 and no are codes before all else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from baokuan.spec import TEXT, wrong
from ingest.contract import expressions

MAP = {"type": "object", "additionalProperties": TEXT}


def _after(check: Callable[[str], str | None]) -> AfterValidator:
    """Refuses a text for which the check has something to tell."""

    def checked(text: str) -> str:
        if told := check(text):
            raise wrong(told)
        return text

    return AfterValidator(checked)


def _regular(text: str) -> str | None:
    try:
        re.compile(text)
    except re.error as error:
        return f"not a regular expression: {error}"
    return None


def _expression(text: str) -> str | None:
    told = expressions.problem(text)
    return f"expression: {told}" if told else None


def _named(text: str) -> str | None:
    return None if NAME.fullmatch(text) else f"'{text}' must be a snake_case name"


def _reason(text: str) -> str | None:
    own = NAME.fullmatch(text) and text not in ("title", "total", "blank")
    return None if own else f"'{text}' must be a snake_case reason of its own"


def _flag(value: Any) -> Any:
    if value not in ("true", "false"):
        raise wrong("must be true or false")
    return value == "true"


def _pairs(value: Any) -> Any:
    return tuple(value.items()) if isinstance(value, dict) else value


NAME = re.compile(r"[a-z][a-z0-9_]*")
_NAMED = WithJsonSchema({"type": "string", "pattern": f"^{NAME.pattern}$"})

Name = Annotated[str, _after(_named), _NAMED]
Reason = Annotated[str, _after(_reason), _NAMED]
Expression = Annotated[str, _after(_expression)]  # DuckDB over the raw columns
Regular = Annotated[str, _after(_regular)]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Pairs = Annotated[
    tuple[tuple[str, str], ...], BeforeValidator(_pairs), WithJsonSchema(MAP)
]  # a mapping of texts that can be hashed
