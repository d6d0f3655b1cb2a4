"""A whole job through Dagster in this process, with its steps told as they finish."""

from __future__ import annotations

import logging
import os
import time
import uuid
import warnings
from dataclasses import asdict, dataclass, field
from typing import Any

from baokuan import clock
from baokuan.home import Home
from baokuan.progress import Progress
from orchestration import instance, quick
from orchestration.dbt import DbtError
from orchestration.failures import one_line
from orchestration.session import Session, open_session
from orchestration.verdict import Verdict


@dataclass
class Report:
    """What a run did, for people and for ``--json``."""

    run_id: str
    job: str
    as_of: str
    verdict: Verdict
    version: str | None
    seconds: float
    steps: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


class Teller:
    """Listens to the run's events and tells of its steps as they begin, go on and end."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.steps: list[dict[str, Any]] = []

    def __call__(self, entry: Any) -> None:
        event = entry.dagster_event
        if event is None:
            self._said(entry.level, entry.user_message)
        elif event.is_step_start:
            self.progress.start(event.step_key)
        elif event.is_step_success:
            self._finished(event.step_key, "done", event.event_specific_data.duration_ms / 1000)
        elif event.is_step_failure:
            self._finished(event.step_key, "failed", None)

    def _said(self, level: int, message: str) -> None:
        """Warnings stay on the screen; what a step says as it goes is only where it is."""
        # What Dagster says of steps after a failed one adds nothing to the failure.
        # Nothing to judge is no gate left out.
        if message.startswith(("Dependencies for step", "Blocking asset check")):
            return
        if level >= logging.WARNING:
            self.progress.say(f"    {message}")
        elif level >= logging.INFO:
            self.progress.at(message)

    def _finished(self, step: str, status: str, seconds: float | None) -> None:
        rounded = None if seconds is None else round(seconds, 1)
        self.steps.append({"step": step, "status": status, "seconds": rounded})
        self.progress.done(status, seconds)


def run(
    home: Home,
    kind: str,
    full_refresh: bool = False,
    progress: Progress | None = None,
    without_skipping: bool = False,
) -> Report:
    """Run the job ``kind`` (nightly or intraday) to its end; a failure is in the verdict.

    Args:
        full_refresh: every model is built anew, from all of bronze.
        without_skipping: models of unchanged inputs are built, too, and published as a whole.

    Raises:
        LockedError: another run holds the home folder for too long.
    """
    started = time.monotonic()
    progress = progress or Progress()
    session = Session(
        home=home,
        run_id=str(uuid.uuid4()),
        job=kind,
        kind=kind,
        full_refresh=full_refresh,
        without_skipping=without_skipping,
        publishes=True,
        say=progress.say,
        progress=progress,
    )
    progress.say(f"{kind} run {session.run_id} in {home.root}, as of {clock.as_of()}")
    teller = Teller(progress)
    with progress, open_session(session), session.step("start"):
        if not full_refresh and not without_skipping and quick.is_nothing_new(home):
            session.nothing_new = True
            session.outcomes = quick.waiting(home)
            session.seen |= quick.seen_before_building(home)
        else:
            execute(session, teller)
    assert session.verdict is not None
    return Report(
        run_id=session.run_id,
        job=kind,
        as_of=clock.as_of().isoformat(),
        verdict=session.verdict,
        version=session.version,
        seconds=round(time.monotonic() - started, 1),
        steps=teller.steps,
        rows=[asdict(count) for count in session.row_counts],
    )


def execute(session: Session, teller: Teller) -> None:
    """The job on the persistent instance, so that the web interface shows the run as well."""
    import dagster as dg

    instance.prepare(session.home)
    quieten()
    from orchestration.definitions import defs

    # Short, but after a release: dbt then builds them all without data, to record what it does.
    session.progress.start("models")
    try:
        definitions = defs()
    except DbtError as trouble:  # a model that can't be built even without data
        session.fail(one_line(trouble))
        session.progress.done("failed")
        return
    session.progress.done("read")
    with dg.DagsterInstance.get() as dagster:
        close_dead_runs(dagster)
        dagster.add_event_listener(session.run_id, teller)
        done = definitions.resolve_job_def(session.kind).execute_in_process(
            instance=dagster,
            run_id=session.run_id,
            raise_on_error=False,
            resources={"session": session},
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    for event in done.all_events:
        if event.is_step_failure:
            # Only what no step caught itself: the first reason stays.
            error = event.step_failure_data.error
            said = (error.cause or error).message if error else "no message"
            session.fail(f"{event.step_key}: {' '.join(said.split())[:600]}")


def quieten() -> None:
    """Dagster tells the shell every event and notices on its own API; the teller says enough."""
    import dagster as dg

    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    for category in (dg.BetaWarning, dg.PreviewWarning, dg.SupersessionWarning):
        warnings.filterwarnings("ignore", category=category)


def close_dead_runs(dagster: Any) -> None:
    """Runs that a killed shell left as running; whoever holds the run lock knows they are dead.

    Only runs started from a shell: those of the daemon are the business of its run monitoring.
    """
    import dagster as dg

    started = dagster.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
    for run_ in started:
        if run_.remote_job_origin is None:
            dagster.report_run_failed(run_, "interrupted: the process of this run is gone")
