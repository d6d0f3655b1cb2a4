"""Replaces what many bronze files hold at once: all of them change, or none.

Belongs here: the journal that makes it one step, and finishing what a kill interrupted. New files
are written beside the old ones first; the journal, renamed into place, is the moment from which the
new ones count. Whoever reads outcomes for views or loads files finishes it first.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from baokuan.files import replacing
from baokuan.home import Home
from ingest import outcomes
from ingest.bronze import packs
from ingest.outcomes import Outcome
from ingest.personal import keys

MARK = ".s"  # <file_id>.s<number>.parquet


def journal(home: Home) -> Path:
    return home.state / "swap.json"


def beside(path: str, number: int) -> str:
    """The name of a file's next version."""
    old = Path(path)
    return old.with_name(f"{old.stem.split('.')[0]}{MARK}{number}.parquet").as_posix()


def start(home: Home) -> int:
    """Finish or undo what was interrupted; returns a number no file name has yet."""
    finish(home)
    keys.give_up()
    used = {p for o in outcomes.read_all(home) for p in (o.bronze_path, o.quarantine_path) if p}
    number = 0
    for root in (home.bronze, home.quarantine):
        for path in [*root.glob(f"*/*{MARK}*.parquet"), *root.glob(f"*/*{MARK}*.parquet.tmp")]:
            digits = path.name.split(MARK)[1].split(".")[0]
            number = max(number, int(digits) if digits.isdigit() else 0)
            if path.relative_to(home.root).as_posix() not in used:
                path.unlink()
    return number + 1


def commit(home: Home, changed: list[Outcome], gone: list[str]) -> None:
    """Let the changed outcomes count; then remove the files that none of them names."""
    os.sync()
    text = json.dumps(
        {"outcomes": [asdict(outcome) for outcome in changed], "gone": gone}, ensure_ascii=False
    )
    with replacing(journal(home)) as draft:
        draft.write_text(text, encoding="utf-8")
    finish(home)


def finish(home: Home) -> bool:
    """Do what a journal says that is still there; may be called again and again."""
    if not journal(home).exists():
        return False
    data = json.loads(journal(home).read_text(encoding="utf-8"))
    for item in data["outcomes"]:
        outcomes.write(home, Outcome(**item))
    keys.take_over()
    os.sync()
    for path in data["gone"]:
        (home.root / path).unlink(missing_ok=True)
    packs.clear(home)
    # The models have seen the old rows: the next build starts from nothing.
    for path in (home.warehouse, home.warehouse.with_name(home.warehouse.name + ".wal")):
        path.unlink(missing_ok=True)
    os.sync()  # nothing of what is gone comes back after a power cut
    journal(home).unlink()
    return True
