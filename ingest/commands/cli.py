"""The commands of ``python -m ingest``: arguments in, plain text out, exit code.

Exit codes: 0 all fine, 1 something was blocked, unknown or wrong, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import time
from collections import Counter
from pathlib import Path

from baokuan.home import Home
from ingest import outcomes, retry
from ingest.bronze import views
from ingest.commands import back, look
from ingest.contract import ContractError, load_all
from ingest.explain import report
from ingest.lock import LockedError
from ingest.outcomes import PROBLEMS, Outcome
from ingest.run import ingest_landing


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Load what lies in landing/ into typed, masked bronze files, with a receipt "
        "for every file and row. The home folder is BAOKUAN_HOME (default ./data), the "
        "retailer's keys and lists are in BAOKUAN_CONFIG, more contracts in BAOKUAN_CONTRACTS.",
        epilog="Exit codes: 0 all fine; 1 a file is blocked or unknown, or something is wrong; "
        "2 wrong usage.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="load every complete file in landing/")
    run.add_argument("--feed", action="append", metavar="FEED", help="only this feed (repeatable)")
    run.add_argument("--quiet", action="store_true", help="no progress lines")
    status = commands.add_parser(
        "status", help="files and rows by feed; what is blocked, and the remedy"
    )
    status.add_argument("--html", type=Path, metavar="PAGE", help="the same as an HTML page")
    listed = commands.add_parser("contracts", help="check all contracts and list them")
    listed.add_argument("name", nargs="?", help="a feed or contract: show its columns")
    commands.add_parser("views", help="renew the bronze views in the warehouse")
    let_go = commands.add_parser("release", help="let held files through again")
    let_go.add_argument("file_id", nargs="+", help="as shown by status")
    more = look.add(commands) | back.add(commands)
    for name, command in more.items():
        commands.choices[name].set_defaults(command_more=command)
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        if options.command == "contracts":
            return _contracts(options.name)
        home = Home.from_env()
        if options.command == "run":
            return _run(home, set(options.feed) if options.feed else None, options.quiet)
        if options.command == "status":
            return _status(home, options.html)
        if options.command == "views":
            counts = views.register(home)
            print(
                f"{len(counts)} bronze views over {sum(counts.values())} files in {home.warehouse}"
            )
            return 0
        if options.command == "release":
            return _release(home, options.file_id)
        return int(options.command_more(home, options))
    except (ContractError, LockedError, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(home: Home, feeds: set[str] | None, quiet: bool) -> int:
    if feeds and (strange := feeds - {contract.feed for contract in load_all()}):
        print(f"no contract for feed {', '.join(sorted(strange))}", file=sys.stderr)
        return 2
    start = time.monotonic()
    progress = None if quiet else lambda line: print(line, file=sys.stderr, flush=True)
    done = ingest_landing(home, progress, feeds)
    counts = Counter(outcome.status for outcome in done)
    rows = sum(outcome.rows_kept for outcome in done)
    listed = ", ".join(f"{counts[s]} {s}" for s in outcomes.STATUSES if counts[s]) or "no files"
    print(f"{listed}; {rows} rows kept in {time.monotonic() - start:.1f} s")
    return _tell_problems(done)


def _tell_problems(done: list[Outcome]) -> int:
    problems = [outcome for outcome in done if outcome.status in PROBLEMS]
    for outcome in problems:
        print(f"{outcome.status}: {outcome.source}: {outcome.reason}\n  remedy: {outcome.remedy}")
    return 1 if problems else 0


def _status(home: Home, page: Path | None) -> int:
    everything = outcomes.read_all(home)
    if page is not None:
        sections = report.sections_of_status(everything, home.landing)
        page.write_text(report.page("Intake", sections), encoding="utf-8")
        print(f"written: {page}")
    feeds = sorted({outcome.feed for outcome in everything if outcome.feed})
    print(
        f"{'feed':<18}{'files':>7}{'rows kept':>12}{'quarantined':>13}{'rejected':>10}{'held':>7}"
    )
    for feed in feeds:
        mine = [o for o in everything if o.feed == feed and o.status != "duplicate"]
        rejected = sum(sum(o.values_rejected.values()) for o in mine)
        held = sum(1 for o in mine if o.status == "held")
        print(
            f"{feed:<18}{len(mine):>7}{sum(o.rows_kept for o in mine):>12}"
            f"{sum(o.rows_quarantined for o in mine):>13}{rejected:>10}{held:>7}"
        )
    for outcome in everything:
        if outcome.status == "held":
            print(f"held: {outcome.file_id} ({outcome.source}): {outcome.reason}")
    waiting = retry.candidates(home, load_all())
    if waiting:
        print(f"{len(waiting)} files with doubtful rows have a changed contract: "
              "python -m ingest retry")  # fmt: skip
    present = [o for o in everything if (home.landing / o.source).exists()]
    return _tell_problems(present)


def _contracts(name: str | None) -> int:
    known = {contract.name: contract for contract in load_all()}
    if name in known:
        print(report.described(known[name]))
        return 0
    if name is not None:
        near = difflib.get_close_matches(name, known, 1, 0.4)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        print(f"no contract is called '{name}'{hint}", file=sys.stderr)
        return 2
    for contract in known.values():
        print(f"{contract.name:<36}{len(contract.columns):>3} columns  {contract.path}")
    return 0


def _release(home: Home, file_ids: list[str]) -> int:
    changed = {outcome.file_id for outcome in outcomes.release(home, file_ids)}
    for file_id in file_ids:
        if file_id in changed:
            print(f"released {file_id}")
        else:
            print(f"{file_id} is not a held file; see: python -m ingest status", file=sys.stderr)
    return 0 if changed == set(file_ids) else 1
