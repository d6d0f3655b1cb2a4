"""What the mappings and texts of a contract may be, as types, and how a mistake in one is told.

Belongs here: the base of all specs, the kinds of text, and words for pydantic's findings. What a
contract consists of is in ``model`` and ``steps``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from ingest.contract import expressions

TEXT = {"type": ["string", "number", "boolean"]}  # YAML's 01 and yes are texts in a contract
MAP = {"type": "object", "additionalProperties": TEXT}


class Spec(BaseModel):
    """A mapping with these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    noun: ClassVar[str] = "key"  # what its keys are called


def wrong(told: str) -> PydanticCustomError:
    """What a validator raises; braces in ``told`` stay as they are."""
    return PydanticCustomError("contract", "{told}", {"told": told})


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


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


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
Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}),
]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Pairs = Annotated[
    tuple[tuple[str, str], ...], BeforeValidator(_pairs), WithJsonSchema(MAP)
]  # a mapping of texts that can be hashed


def problems(error: ValidationError, spec: type[Spec]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(what is wrong, path of its key) of everything that is wrong."""
    for found in error.errors(include_url=False, include_context=True):
        path = tuple(str(part) for part in found["loc"] if part != "[key]")
        yield _told(found, path, spec), path


def _told(found: ErrorDetails, path: tuple[str, ...], spec: type[Spec]) -> str:
    key, value, kind = path[-1] if path else "", found["input"], found["type"]
    if kind == "extra_forbidden":
        model = _at(spec, path[:-1])
        known = _keys(model)
        near = difflib.get_close_matches(key, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(known))}"
        return f"unknown {model.noun} '{key}'; {hint}"
    if kind == "missing":
        model = _at(spec, path[:-1])
        needed = [name for name, field in _keys(model).items() if field.is_required()]
        return f"'{key}' is missing; it needs {', '.join(map(repr, needed))}"
    if kind == "literal_error":
        annotation = _keys(_at(spec, path[:-1]))[key].annotation
        choices = (word for one in (annotation, *get_args(annotation)) for word in get_args(one))
        words = [word for word in choices if isinstance(word, str)]
        listed = " or ".join(words) if len(words) == 2 else f"one of {', '.join(words)}"
        return f"{key} '{value}' must be {listed}"
    if kind == "contract":
        return f"'{key}' {found['msg']}" if found["msg"].startswith("must") else found["msg"]
    kinds = {"string_type": "a text", "tuple_type": "a list", "dict_type": "a mapping",
             "model_type": "a mapping", "tuple_too_long": "shorter"}  # fmt: skip
    return f"'{key}' must be {kinds[kind]}" if kind in kinds else f"'{key}': {found['msg']}"


def _keys(model: type[Spec]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _at(spec: type[Spec], path: tuple[str, ...]) -> type[Spec]:
    """The spec of the mapping at a path; places in lists and names that are free do not lead on."""
    for part in path:
        field = _keys(spec).get(part)
        spec = next(_specs(field.annotation), spec) if field else spec
    return spec


def _specs(annotation: Any) -> Iterator[type[Spec]]:
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    for part in get_args(annotation):
        yield from _specs(part)
