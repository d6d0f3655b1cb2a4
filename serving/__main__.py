"""``python -m serving``: arguments in, text out. What the commands do is in the other modules."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from baokuan import console, screen
from baokuan.home import Home

MOST_ROWS, MOST_CELLS = 1000, 20_000

app = console.app("Read published versions, go back, tidy up. The home is BAOKUAN_HOME (./data).")


class Format(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


class Language(StrEnum):
    zh = "zh"
    en = "en"


Version = Annotated[str | None, typer.Option(help="A version's name; default: the current one.")]


def main(arguments: Sequence[str] | None = None, name: str = "python -m serving") -> int:
    """Run one command; 0 = done, 1 = an error that the message explains, 2 = wrong usage."""
    import duckdb

    from serving.versions import ServingError

    try:
        return console.run(app, arguments, name)
    except (ServingError, duckdb.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help='In quotes: "select * from hits.board limit 5".')],
    format: Annotated[
        Format, typer.Option(help="A table to look at, or all rows for another program.")
    ] = Format.table,
    lang: Annotated[
        Language | None, typer.Option(help="Heads of the table in words, not as columns.")
    ] = None,
    version: Version = None,
) -> None:
    """Run one SELECT on the published version, and on ops.* (runs, files, quality, publications).

    Nothing can be changed by it. Tables: core.*, people.*, goods.*, place.*, hits.*, metrics.*.
    """
    from serving import export
    from serving.connect import check_sql, connect
    from serving.heads import heads

    check_sql(query)
    con = connect(Home.from_env(), version)
    try:
        con.execute(query)
        header = [column[0] for column in con.description or []]
        if format is Format.csv:
            export.write_csv(header, export.fetch(con), sys.stdout)
        elif format is Format.json:
            for row in export.fetch(con):
                record = dict(zip(header, row, strict=True))
                print(json.dumps(record, ensure_ascii=False, default=str))
        else:
            most = max(1, min(MOST_ROWS, MOST_CELLS // max(1, len(header))))
            rows = con.fetchmany(most + 1)
            header = heads(query, header, lang.value) if lang else header
            made = screen.table(header, rows[:most])
            screen.show(made if screen.fits(made) else screen.records(header, rows[:most]))
            if len(rows) > most:
                print(f"(the first {most} rows; all with --format csv)", file=sys.stderr)
    finally:
        con.close()


@app.command()
def board(
    lang: Annotated[Language, typer.Option(help="Chinese or English.")] = Language.zh,
    rows: Annotated[int, typer.Option("--rows", "-n", help="How many products.", min=1)] = 20,
    version: Version = None,
) -> None:
    """Print the hit board: the best products, their score, stage and what to do."""
    from serving.board import board as parts

    screen.show(*parts(Home.from_env(), lang.value, rows, version))


@app.command()
def versions() -> None:
    """List the versions that are kept, which is served, and why the last one was refused."""
    from serving import versions as known
    from serving.records import publications

    home = Home.from_env()
    now = known.current(home)
    rows = []
    for name in known.names(home):
        facts = known.manifest(home, name)
        state = "current" if name == now else ""
        if known.is_withdrawn(home, name):
            state = "rolled back"
        rows.append(
            (
                name,
                state,
                facts["as_of_date"],
                len(facts["tables"]),
                sum(facts["tables"].values()),
                round(facts["bytes"] / 2**20, 1),
                facts["run_id"],
            )
        )
    screen.show(screen.table(["version", "state", "as of", "tables", "rows", "MiB", "run"], rows))
    refused = [p for p in publications(home) if p["action"] == "refused"]
    if refused:
        print(f"\nlast refusal: {refused[-1]['at']} run {refused[-1]['run_id']}: "
              f"{refused[-1]['reason']}")  # fmt: skip


@app.command()
def rollback(
    reason: Annotated[str, typer.Option(help="Kept in ops.publications.")] = "rolled back by hand",
) -> None:
    """Serve the version before the current one. Readers follow with their next question."""
    from serving import versions as known
    from serving.ops import renew
    from serving.publish import rollback as go_back

    home = Home.from_env()
    before = known.current(home)
    target = go_back(home, reason)
    renew(home)
    print(f"rolled back from {before} to {target}")


@app.command()
def prune() -> None:
    """Remove versions beyond those that are kept."""
    from serving.prune import prune as remove

    removed = remove(Home.from_env())
    print(f"removed {len(removed)} versions" + "".join(f"\n  {name}" for name in removed))


@app.command()
def verify(version: Version = None) -> None:
    """Compare a version's files with what was published."""
    from serving.publish import verify as compare

    found = compare(Home.from_env(), version)
    print(f"{found.version}: {found.tables} tables, {found.rows:,} rows, {found.bytes:,} bytes, ok")


@app.command()
def export(
    table: Annotated[str, typer.Argument(help="For instance hits.board.")],
    file: Annotated[Path, typer.Argument(help="Its ending says the format: .csv .parquet .xlsx")],
    version: Version = None,
) -> None:
    """Write a published table to a file, for Excel or another program."""
    from serving import export as written

    rows = written.export(Home.from_env(), table, file, version)
    print(f"{file}: {rows:,} rows")


if __name__ == "__main__":
    sys.exit(main())
