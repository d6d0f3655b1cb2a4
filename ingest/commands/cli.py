"""The command line of the intake: loading, and what became of it. ``look`` and ``back`` have the
commands that look at files and that go back.

Exit codes: 0 all fine, 1 something was blocked, unknown or wrong, 2 wrong usage.
"""

from __future__ import annotations

import difflib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from baokuan import console, screen
from baokuan.home import Home
from baokuan.progress import Progress
from ingest.commands import back, look

if TYPE_CHECKING:
    from ingest.outcomes import Outcome

app = console.app(
    "Load what lies in landing/ into typed, masked bronze files, with a receipt for every file and "
    "row. The home folder is BAOKUAN_HOME (default ./data), the retailer's keys and lists are in "
    "BAOKUAN_CONFIG, more contracts in BAOKUAN_CONTRACTS.",
    epilog="Exit codes: 0 all fine; 1 a file is blocked or unknown, or something is wrong; 2 wrong "
    "usage.",
)


def main(arguments: Sequence[str] | None = None, name: str = "python -m ingest") -> int:
    """Run one command line; the exit codes are in the module's docstring."""
    from baokuan.lock import LockedError
    from ingest.contract import ContractError

    try:
        return console.run(app, arguments, name)
    except (ContractError, LockedError, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1


@app.command()
def run(
    feed: Annotated[
        list[str] | None, typer.Option(metavar="FEED", help="Only this feed; may be repeated.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> int:
    """Load every complete file in landing/."""
    from ingest import outcomes
    from ingest.contract import load_all
    from ingest.load.run import ingest_landing

    feeds = set(feed) if feed else None
    if feeds and (strange := feeds - {contract.feed for contract in load_all()}):
        print(f"no contract for feed {', '.join(sorted(strange))}", file=sys.stderr)
        return 2
    start = time.monotonic()
    with Progress(sys.stderr, quiet=quiet) as progress:
        progress.start("landing/")
        done = ingest_landing(Home.from_env(), progress.at, feeds)
        progress.done("read")
    counts = Counter(outcome.status for outcome in done)
    rows = sum(outcome.rows_kept for outcome in done)
    listed = ", ".join(f"{counts[s]} {s}" for s in outcomes.STATUSES if counts[s]) or "no files"
    print(f"{listed}; {rows} rows kept in {time.monotonic() - start:.1f} s")
    return _tell_problems(done)


app.command("check")(look.check)
app.command("draft")(look.draft)


@app.command()
def status(html: look.Page = None) -> int:
    """Files and rows by feed; what is held, blocked or unknown, and the remedy."""
    from ingest import outcomes
    from ingest.contract import load_all
    from ingest.explain import report
    from ingest.load import retry

    home = Home.from_env()
    everything = outcomes.read_all(home)
    sections = report.sections_of_status(everything, home.landing)
    if html is not None:
        html.write_text(report.page("Intake", sections), encoding="utf-8")
        print(f"written: {html}")
    feeds = next(section for section in sections if section.title == "Feeds")
    screen.show(*report.parts([feeds]))
    for outcome in everything:
        if outcome.status == "held":
            print(f"held: {outcome.file_id} ({outcome.source}): {outcome.reason}")
    waiting = retry.candidates(home, load_all())
    if waiting:
        print(f"{len(waiting)} files with doubtful rows have a changed contract: "
              "baokuan ingest retry")  # fmt: skip
    return _tell_problems([o for o in everything if (home.landing / o.source).exists()])


def _tell_problems(done: list[Outcome]) -> int:
    from ingest.outcomes import PROBLEMS

    problems = [outcome for outcome in done if outcome.status in PROBLEMS]
    for outcome in problems:
        print(f"{outcome.status}: {outcome.source}: {outcome.reason}\n  remedy: {outcome.remedy}")
    return 1 if problems else 0


app.command("arrivals")(look.arrivals)
app.command("changes")(look.changes)
app.command("trace")(back.trace)


@app.command()
def contracts(
    name: Annotated[
        str | None, typer.Argument(help="A feed or contract: show its columns.")
    ] = None,
) -> int:
    """Check all contracts and list them."""
    from ingest.contract import load_all
    from ingest.explain import report

    known = {contract.name: contract for contract in load_all()}
    if name in known:
        screen.show(*report.described(known[name]))
        return 0
    if name is not None:
        near = difflib.get_close_matches(name, known, 1, 0.4)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        print(f"no contract is called '{name}'{hint}", file=sys.stderr)
        return 2
    rows = [(one.name, len(one.columns), one.path) for one in known.values()]
    screen.show(screen.table(["contract", "columns", "files"], rows, widest=None))
    return 0


@app.command()
def release(
    file_id: Annotated[list[str], typer.Argument(help="As shown by status.")],
) -> int:
    """Let held files through: a person has found them right."""
    from ingest import outcomes

    changed = {outcome.file_id for outcome in outcomes.release(Home.from_env(), file_id)}
    for one in file_id:
        if one in changed:
            print(f"released {one}")
        else:
            print(f"{one} is not a held file; see: baokuan ingest status", file=sys.stderr)
    return 0 if changed == set(file_id) else 1


app.command("retry")(back.retry)


@app.command("views")
def renew_views() -> None:
    """Renew the bronze views in the warehouse."""
    from ingest.bronze import views

    home = Home.from_env()
    counts = views.register(home)
    print(f"{len(counts)} bronze views over {sum(counts.values())} files in {home.warehouse}")


app.command("erase")(back.erase)
app.command("rotate-key")(back.rotate_key)
