"""What people write in YAML, as types, and how a mistake in it is told.

Belongs here: the base of all specs (contracts, quality suites), a few kinds of values, and words
for pydantic's findings. What a spec consists of is in the room it is for.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails, PydanticCustomError

TEXT = {"type": ["string", "number", "boolean"]}  # YAML's 01 and yes may be meant as texts


class Spec(BaseModel):
    """A mapping with these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    noun: ClassVar[str] = "key"  # what its keys are called


def wrong(told: str) -> PydanticCustomError:
    """What a validator raises; braces in ``told`` stay as they are."""
    return PydanticCustomError("spec", "{told}", {"told": told})


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_many),
    WithJsonSchema({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}),
]


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
    if kind == "spec":
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
