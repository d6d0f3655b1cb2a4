"""The JSON Schema of a contract, so that an editor completes and checks while one is written.

``python -m ingest.contract.schema`` renders ``schema.json``, with ``--check`` it says how the file
differs from the specs. Nothing else belongs here.
"""

from __future__ import annotations

import difflib
import json
import sys
from pathlib import Path

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from baokuan.spec import TEXT
from ingest.contract.model import ContractSpec

FILE = Path(__file__).with_name("schema.json")


class _Rendered(GenerateJsonSchema):
    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        return dict(TEXT)

    def field_title_should_be_set(self, schema: object) -> bool:
        return False  # it would only repeat the key


def rendered() -> str:
    """The schema as it is committed."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ContractSpec.model_json_schema(schema_generator=_Rendered),
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        FILE.write_text(rendered(), encoding="utf-8")
        return 0
    there = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    names = ("schema.json", "what the specs say")
    found = list(difflib.unified_diff(there.split("\n"), rendered().split("\n"), *names, n=1))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
