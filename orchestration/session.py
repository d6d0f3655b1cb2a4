"""What one run knows of itself, from taking the lock to the last line in ops. No Dagster here.

Steps leave their results in the session; at its end, whatever happened, the run's record is
written, the ops database renewed and, where something went wrong, somebody notified.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import serving.ops
from baokuan import clock, lock
from baokuan.home import Home
from baokuan.progress import Progress
from ingest.outcomes import Outcome, read_all
from orchestration import notify, quick
from orchestration.failures import one_line
from orchestration.verdict import Item, Verdict, judge
from serving import records, versions
from serving.reuse import MadeOf

Say = Callable[[str], None]
WAIT_SECONDS = 3600.0


@dataclass
class Session:
    """One run. ``kind`` is nightly or intraday; ``job`` is the Dagster job's name.

    ``publishes``: a whole job, which has failed if it ends without a version. A run of a few assets
    picked by hand in the web interface publishes nothing, and that is no failure.
    ``without_skipping``: also what is made of the same as last time is built, for comparing.
    ``seen``: what the run looks at, for the next one to compare (quick.py).
    ``nothing_new``: the version that serves is made of just what there is; nothing was done.
    ``say``: a line that stays; ``progress``: where the run is, for whoever watches a shell.
    """

    home: Home
    run_id: str
    job: str
    kind: str = "intraday"
    full_refresh: bool = False
    publishes: bool = False
    say: Say = print
    progress: Progress = field(default_factory=lambda: Progress(quiet=True))
    started_at: str = field(default_factory=records.timestamp)
    outcomes: list[Outcome] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    warnings: list[Item] = field(default_factory=list)
    row_counts: list[records.RowCount] = field(default_factory=list)
    without_skipping: bool = False
    made_of: MadeOf | None = None
    nothing_new: bool = False
    seen: dict[str, Any] = field(default_factory=dict)
    candidate: Any = None
    version: str | None = None
    reason: str | None = None
    refused: bool = False
    verdict: Verdict | None = None

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Keep the first failure's reason; what fails later is a consequence."""
        try:
            yield
        except Exception as error:
            self.fail(f"{name}: {one_line(error)}")
            raise

    def fail(self, reason: str, refused: bool = False) -> None:
        if self.reason is None:
            self.reason, self.refused = reason, refused

    def recover(self) -> None:
        """A second try begins: what the first one met no longer counts."""
        self.reason, self.refused = None, False

    @property
    def known_origin(self) -> MadeOf | None:
        """Of what the warehouse is made, where a candidate may be made from the last version."""
        return None if self.without_skipping else self.made_of

    @property
    def is_whole(self) -> bool:
        """True when the run knows of all it looked at, so that the next one can compare."""
        return "landing" in self.seen and "bronze" in self.seen

    @property
    def status(self) -> str:
        if self.reason is None:
            return "success"
        return "refused" if self.refused else "failed"

    def record(self, status: str) -> None:
        running = status == "running"
        records.record_run(
            self.home,
            records.Run(
                run_id=self.run_id,
                job=self.job,
                status=status,
                started_at=self.started_at,
                finished_at=None if running else records.timestamp(),
                version=self.version,
                reason=self.reason,
                as_of_date=clock.as_of().isoformat(),
                row_counts=self.row_counts,
            ),
        )

    def close(self) -> Verdict:
        """Write how it ended, renew ops, notify."""
        if self.publishes and self.version is None and not self.nothing_new:
            self.fail("the run ended before it published; the run's log in Dagster says why")
        serves = versions.current(self.home)
        self.verdict = judge(
            self.status,
            self.reason,
            self.version,
            self.open_outcomes(),
            self.held,
            unchanged=serves if self.nothing_new else None,
        )
        if self.publishes and self.status == "success" and self.is_whole:
            quick.note(self.home, self.seen, serves)
        self.record(self.status)
        serving.ops.renew(self.home)
        if self.verdict.exit_code:
            self._notify(self.verdict)
        return self.verdict

    def open_outcomes(self) -> list[Outcome]:
        """What this run met in landing, and what earlier runs held back and nobody released."""
        mine = {outcome.file_id for outcome in self.outcomes if outcome.status != "loaded"}
        held = [o for o in read_all(self.home) if o.status == "held" and o.file_id not in mine]
        return self.outcomes + held

    def _notify(self, verdict: Verdict) -> None:
        notice = notify.Notice(
            run_id=self.run_id,
            job=self.job,
            status=self.status,
            at=records.timestamp(),
            headline=verdict.headline,
            items=[item.line() for item in verdict.items],
            version=self.version,
        )
        for trouble in notify.send(self.home, notice):
            self.say(trouble)


@contextlib.contextmanager
def open_session(session: Session, wait_seconds: float = WAIT_SECONDS) -> Iterator[Session]:
    """Hold the home folder for one run and close the run's books in every case."""
    home = session.home.make()
    os.environ["BAOKUAN_HOME"] = str(home.root)  # the dbt profile reads it
    with lock.run(home).held(wait_seconds, session.say):
        close_interrupted(home)
        session.started_at = records.timestamp()
        session.seen = quick.seen_at_start(home)
        session.record("running")
        try:
            yield session
        except BaseException as error:
            session.fail(one_line(error))
            raise
        finally:
            session.close()


def close_interrupted(home: Home) -> int:
    """Runs that say they run while nobody holds the lock were killed; their records say so then."""
    closed = 0
    for data in records.read_folder(home.ops_records / "runs"):
        if data.get("status") == "running":
            data["row_counts"] = [records.RowCount(**row) for row in data.get("row_counts", [])]
            data.update(
                status="failed",
                finished_at=records.timestamp(),
                reason="interrupted: the process was killed or the machine stopped; nothing was "
                "published by it, the next run takes up its files",
            )
            records.record_run(home, records.Run(**data))
            closed += 1
    return closed
