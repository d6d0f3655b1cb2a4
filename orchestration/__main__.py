"""``python -m orchestration nightly|intraday``: one run in this process, told step by step.

Exit code: 0 published; 1 published, but a file or feed needs somebody; 2 refused or failed, the
version published before still serves.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from dataclasses import asdict

from baokuan.home import Home
from orchestration.home_settings import apply
from orchestration.lock import RunLocked
from orchestration.verdict import NOT_PUBLISHED, PUBLISHED_WITH_ITEMS

MOST_ITEMS = 20


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m orchestration", description=__doc__)
    parser.add_argument("job", choices=("nightly", "intraday"))
    parser.add_argument("--full-refresh", action="store_true", help="build every model anew")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    parser.add_argument("--rows", action="store_true", help="list the rows touched in every table")
    wanted = parser.parse_args(arguments)
    talk = sys.stderr if wanted.json else sys.stdout

    def tell(text: str) -> None:
        print(text, file=talk, flush=True)

    from orchestration import runner

    home = Home.from_env()
    apply(home, tell)
    try:
        report = runner.run(home, wanted.job, wanted.full_refresh, tell)
    except RunLocked as error:
        tell(f"not started: {error}")
        return NOT_PUBLISHED
    except Exception as error:  # already in ops, with its reason
        tell(f"failed: {error}")
        return NOT_PUBLISHED
    show(report, tell, wanted.rows)
    if wanted.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    return report.verdict.exit_code


def show(report, tell, every_table: bool) -> None:
    """The end of a run in a few lines: rows touched, open items, headline."""
    rows = [r for r in report.rows if every_table or r["table"].split(".")[0] in ("core", "hits")]
    if rows:
        tell("rows touched by this run / rows in all:")
        for row in rows:
            touched = "?" if row["rows_touched"] is None else f"{row['rows_touched']:,}"
            tell(f"  {row['table']:34} {touched:>12} / {row['rows']:,}")
    verdict = report.verdict
    for item in verdict.items[:MOST_ITEMS]:
        tell(f"  ! {item.line()}")
    if len(verdict.items) > MOST_ITEMS:
        tell(f"  ! … {len(verdict.items) - MOST_ITEMS} more in ops.file_outcomes")
    mark = {0: "OK", PUBLISHED_WITH_ITEMS: "OK, with open items"}.get(verdict.exit_code, "STOPPED")
    tell(f"{mark}: {verdict.headline} ({report.seconds} s, exit code {verdict.exit_code})")


if __name__ == "__main__":
    code = main()
    gc.freeze()  # looking once more through half a million objects would take two seconds
    sys.exit(code)
