"""A new feed: its contract from a sample export, then the staging model that follows from it.

A contract is the only place where a feed's columns are written, so the model is made from it and
not from the sample.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from baokuan.home import PROJECT
from command.new.write import NotWritten, insert, new_file, shown
from ingest.bronze import schema
from ingest.contract import Contract, load_all
from ingest.contract.model import Column
from ingest.draft.look import look
from ingest.draft.profile import Profile, profiles
from ingest.read.table import BlockedError

NAME = re.compile(r"(?P<system>[a-z][a-z0-9]*)_(?P<entity>[a-z][a-z0-9_]*)")
CONTRACTS = PROJECT / "ingest" / "contracts"
STAGING = PROJECT / "dbt_project" / "models" / "staging"
# Personal data as a draft tells it, and the class of a contract.
CLASSES = {
    "phone": "phone", "mail": "email", "name": "name", "address": "address", "birthday": "birthday",
}  # fmt: skip
BOOKS = (
    ("_file_id", "File that the row came in"),
    ("_file_date", "The file's business date"),
    ("_batch", "Batch in which the file was taken in"),
)


def new(feed: str, sample: Path | None, zh: str, en: str) -> str:
    """Write the contract, or, where there is one, the staging model; returns what to do next.

    Raises:
        NotWritten: the name is wrong, both are there, or there is no sample to begin with.
    """
    found = NAME.fullmatch(feed)
    if found is None:
        raise NotWritten(f"'{feed}' is no name of a feed; write system_entity, as crm_visit")
    contracts = {c.feed: c for c in load_all() if c.source is None}
    if feed in contracts:
        return _stage(contracts[feed], found["system"], found["entity"])
    if sample is None or not (zh and en):
        raise NotWritten(
            f"no contract defines {feed} yet. Begin with an export that holds it:\n"
            f"  baokuan new feed {feed} --from FILE --zh 名称 --en Name"
        )
    return _contract(feed, found["system"], sample, (zh, en), list(contracts.values()))


def _contract(
    feed: str, system: str, sample: Path, title: tuple[str, str], known: list[Contract]
) -> str:
    try:
        seen = look(sample)
    except BlockedError as error:
        raise NotWritten(f"{sample}: {error.reason}\n  remedy: {error.remedy}") from error
    except OSError as error:
        raise NotWritten(str(error)) from error
    words = {header.casefold(): c for one in known for c in one.columns for header in c.sources}
    lines: dict[str, str] = {}
    for number, one in enumerate(profiles(seen), 1):
        like = words.get(one.name.strip().casefold())
        name = like.name if like else _own(one.name)
        name = name if name and name not in lines else f"column_{number}"
        lines[name] = f"  {name}: {_column(one, name, like)}"
    text = (
        f"feed: {feed}\n"
        f"title: {{zh: {title[0]}, en: {title[1]}}}\n"
        f'match: {{path: "{system}/{feed}_*"}}\n'
        "mode: delta  # EDIT: full, delta, snapshot or events\n"
        "key: []  # EDIT: the columns that make a row the same one\n"
        "columns:\n" + "\n".join(lines.values()) + "\n"
    )
    path = new_file(CONTRACTS / f"{feed}.yml", text)
    return (
        f"written: {path}\nNext:\n"
        "  mend the lines marked EDIT: names, key, types, what is required, what is personal\n"
        f"  baokuan ingest contracts {feed}          until it lists the columns\n"
        f"  baokuan ingest check {sample} --as {system}/{feed}_delta_20261031_1{sample.suffix}\n"
        f"  baokuan new feed {feed}                  the staging model"
    )


def _own(header: str) -> str:
    """The header itself where it is a name, else nothing: a person names the column."""
    own = re.sub(r"\W+", "_", header.strip().lower()).strip("_")
    return own if own.isascii() and own[:1].isalpha() else ""


def _column(seen: Profile, name: str, like: Column | None) -> str:
    """What a column of the contract says: as a known feed that has the same header, else a guess.

    Its own name is a header, too, so that a hand-made file needs no Chinese ones.
    """
    headers = dict.fromkeys((json.dumps(seen.name, ensure_ascii=False), name))
    parts = [f"from: [{', '.join(headers)}]"]
    parts.append(f"type: {like.type if like else seen.type}")
    if like and like.id:
        parts.append("id: true")
    if like and like.unit:
        parts.append(f"unit: {like.unit}")
    personal = like.personal if like else CLASSES.get(seen.personal or "")
    if personal:
        parts.append(f"personal: {personal}")
    parts.append(f"doc: {json.dumps(like.doc if like else seen.name, ensure_ascii=False)}")
    return f"{{{', '.join(parts)}}}" + ("" if like else "  # EDIT: name, type, personal, doc")


def _stage(contract: Contract, system: str, entity: str) -> str:
    model = STAGING / system / f"stg_{system}__{entity}.sql"
    if model.exists():
        raise NotWritten(
            f"feed {contract.feed} has a contract and {shown(model)}. Another system's file for it "
            "needs a contract with a source: baokuan ingest draft FILE"
        )
    docs = {name: c.doc for c in contract.columns for name, _ in c.outputs}
    names = [name for name, _ in schema.columns(contract) if name[0] != "_"]
    title = f"{contract.title.get('zh', '')} / {contract.title.get('en', contract.feed)}"
    order = f", {contract.order_by!r}" if contract.order_by else ""
    selected = [f"    latest.{name}" for name in [*names, *(book for book, _ in BOOKS)]]
    sql = (
        f"-- {contract.title.get('en', contract.feed)}: the latest version of each row.\n"
        "with latest as (\n    select *\n"
        f"    from {{{{ source('bronze', '{contract.feed}') }}}}\n"
        f"    {{{{ latest_version({list(contract.key)!r}{order}) }}}}\n)\n\n"
        "select\n" + ",\n".join(selected) + "\nfrom latest\n"
    )
    described = [(name, docs.get(name, "")) for name in names] + list(BOOKS)
    columns = "".join(
        f"      - {{name: {name}, description: {json.dumps(doc, ensure_ascii=False)}}}\n"
        for name, doc in described
    )
    about = (
        f"version: 2\n\nmodels:\n  - name: {model.stem}\n"
        f"    description: {title}, the latest version of each row\n"
        f"    data_tests:\n      - unique_key:\n"
        f"          arguments: {{columns: [{', '.join(contract.key)}]}}\n"
        f"    columns:\n{columns}"
    )
    source = f"      - name: {contract.feed}\n        description: {title}\n"
    done = [
        new_file(model, sql),
        new_file(model.with_suffix(".yml"), about),
        insert(STAGING / "_sources.yml", "      - name: _file", source),
    ]
    return (
        "written: " + ", ".join(done) + "\nNext:\n"
        "  codes that may be renamed or merged (store_code, barcode): map_join, as in\n"
        "    dbt_project/models/staging/pos/stg_pos__traffic.sql\n"
        f"  a file of the demo retailer's: a function in simulator/more/{system}.py\n"
        "  a small export with invented rows in data/samples/, its line in data/README.md and in\n"
        "    tests/unit/ingest/test_samples.py\n"
        "  pytest tests/unit/dbt_project tests/unit/ingest/test_samples.py\n"
        "    tests/unit/ingest/test_every_feed.py tests/unit/simulator/more; baokuan check"
    )
