"""How many models there are and how deep they stand: ``python scripts/model_graph.py [MANIFEST]``

The longest chain is the number of models that one reads one after the other, from the sources to a
table that nobody reads; sources and seeds don't count. Counted from dbt's manifest, which is what a
run goes by; without one named, the project is parsed anew.

What belongs here: the shape of the project. What does not: what its SQL says (check_sql.py).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

Manifest = Mapping[str, Any]


def parents(manifest: Manifest) -> dict[str, list[str]]:
    """Model → the models it reads, by name."""
    models = {
        key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"
    }
    return {
        node["name"]: [models[key]["name"] for key in node["depends_on"]["nodes"] if key in models]
        for node in models.values()
    }


def longest_chain(read: Mapping[str, list[str]]) -> list[str]:
    """The longest way from a model that reads none to one that none reads."""
    before: dict[str, str | None] = {}
    depth: dict[str, int] = {}

    def measure(name: str) -> int:
        if name not in depth:
            deepest = max(read[name], key=measure, default=None)
            before[name] = deepest
            depth[name] = 1 + (depth[deepest] if deepest else 0)
        return depth[name]

    last: str | None = max(sorted(read), key=measure, default=None)
    chain: list[str] = []
    while last:
        chain.append(last)
        last = before[last]
    return chain[::-1]


def parsed() -> Manifest:
    """The manifest of the project as it lies here.

    Raises:
        DbtError: dbt can't read the project; says why.
    """
    from baokuan.home import Home
    from orchestration import dbt

    with tempfile.TemporaryDirectory(prefix="baokuan-graph-") as folder:
        os.environ.update(BAOKUAN_HOME=folder, BAOKUAN_CONFIG=f"{folder}/config")
        home = Home.from_env()
        problem = dbt.command(home, ["parse"], write_json=True).problem()
        if problem:
            raise dbt.DbtError(problem)
        return dbt.read_manifest(home.dbt_manifest)


def main() -> int:
    parser = argparse.ArgumentParser(prog="model_graph.py", description=__doc__)
    parser.add_argument("manifest", nargs="?", type=Path, help="target/manifest.json of a home")
    given = parser.parse_args()
    if given.manifest:
        manifest = json.loads(given.manifest.read_text(encoding="utf-8"))
    else:
        manifest = parsed()
    read = parents(manifest)
    chain = longest_chain(read)
    hits = [name for name in read if name.startswith("int_hits__")]
    print(f"{len(read)} models, {len(hits)} of them int_hits__; longest chain {len(chain)}:")
    print("\n".join(f"{number:4} {name}" for number, name in enumerate(chain, 1)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
