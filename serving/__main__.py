"""``python -m serving``: arguments in, text out. What the commands do is in the other modules."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from baokuan.home import Home
from serving import export, versions
from serving.board import board
from serving.connect import check_sql, connect
from serving.ops import renew
from serving.prune import prune
from serving.publish import rollback, verify
from serving.records import publications
from serving.text_table import render
from serving.versions import ServingError

_SHOWN = 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = an error that the message explains."""
    args = _parser().parse_args(arguments)
    home = Home.from_env()
    try:
        return args.run(home, args) or 0
    except (ServingError, duckdb.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # the reader (head, less) has seen enough
        return 0


def _sql(home: Home, args: argparse.Namespace) -> int:
    check_sql(args.query)
    con = connect(home, args.version)
    try:
        con.execute(args.query)
        header = [column[0] for column in con.description or []]
        if args.format == "csv":
            export.write_csv(header, export.fetch(con), sys.stdout)
        elif args.format == "json":
            for row in export.fetch(con):
                record = dict(zip(header, row, strict=True))
                print(json.dumps(record, ensure_ascii=False, default=str))
        else:
            rows = con.fetchmany(_SHOWN + 1)
            print(render(header, rows[:_SHOWN]))
            if len(rows) > _SHOWN:
                print(f"(the first {_SHOWN} rows; all with --format csv)", file=sys.stderr)
    finally:
        con.close()
    return 0


def _board(home: Home, args: argparse.Namespace) -> None:
    print(board(home, args.lang, args.rows, args.version))


def _versions(home: Home, args: argparse.Namespace) -> None:
    now = versions.current(home)
    rows = []
    for name in versions.names(home):
        facts = versions.manifest(home, name)
        state = "current" if name == now else ""
        if versions.is_withdrawn(home, name):
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
    print(render(["version", "state", "as of", "tables", "rows", "MiB", "run"], rows))
    refused = [p for p in publications(home) if p["action"] == "refused"]
    if refused:
        print(f"\nlast refusal: {refused[-1]['at']} run {refused[-1]['run_id']}: "
              f"{refused[-1]['reason']}")  # fmt: skip


def _rollback(home: Home, args: argparse.Namespace) -> None:
    before = versions.current(home)
    target = rollback(home, args.reason)
    renew(home)
    print(f"rolled back from {before} to {target}")


def _prune(home: Home, args: argparse.Namespace) -> None:
    removed = prune(home)
    print(f"removed {len(removed)} versions" + "".join(f"\n  {name}" for name in removed))


def _verify(home: Home, args: argparse.Namespace) -> None:
    found = verify(home, args.version)
    print(f"{found.version}: {found.tables} tables, {found.rows:,} rows, {found.bytes:,} bytes, ok")


def _export(home: Home, args: argparse.Namespace) -> None:
    rows = export.export(home, args.table, args.file, args.version)
    print(f"{args.file}: {rows:,} rows")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m serving",
        description="Read published versions; go back; tidy up. The home is BAOKUAN_HOME (./data).",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    sql = commands.add_parser("sql", help="run one SELECT on the published version (and ops.*)")
    sql.add_argument("query", help='for instance "select * from hits.board limit 5"')
    sql.add_argument("--format", choices=("table", "csv", "json"), default="table")
    sql.set_defaults(run=_sql)

    shown = commands.add_parser("board", help="print the hit board")
    shown.add_argument("--lang", choices=("zh", "en"), default="zh")
    shown.add_argument("-n", "--rows", type=int, default=20, help="rows (default 20)")
    shown.set_defaults(run=_board)

    listed = commands.add_parser("versions", help="list versions and the last refusal")
    listed.set_defaults(run=_versions)

    back = commands.add_parser("rollback", help="go back to the version before the current one")
    back.add_argument("--reason", default="rolled back by hand")
    back.set_defaults(run=_rollback)

    tidy = commands.add_parser("prune", help="remove versions beyond those kept")
    tidy.set_defaults(run=_prune)

    checked = commands.add_parser("verify", help="compare a version with what was published")
    checked.set_defaults(run=_verify)

    out = commands.add_parser("export", help="write a table as .csv, .parquet or .xlsx")
    out.add_argument("table", help="for instance hits.board")
    out.add_argument("file", type=Path)
    out.set_defaults(run=_export)

    for command in (sql, shown, checked, out):
        command.add_argument("--version", help="a version's name (default: the current one)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
